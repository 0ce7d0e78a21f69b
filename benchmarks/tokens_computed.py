"""Positions that the network computes over an episode of 8 steps, with the shipped model.

    python benchmarks/tokens_computed.py

Equal to the episode's length, since each token is computed once; a framework that sends the whole prompt
again at each step computes the sum of its prompts.
"""

from qwact import Agent, load_model
from qwact.agent.models.local import LocalConversation, LocalModel
from qwact.tools import Calculator

QUESTIONS = ("What is 37 * 489 + 12?", "What is 81 / 9?", "Calculate 15% of 80", "What is 2 ** 20?")


class Watched:
    """The model, with the conversation that was last begun on it."""

    def __init__(self, model: LocalModel) -> None:
        self.name, self.context_tokens = model.name, model.context_tokens
        self.default_format = model.default_format
        self._model = model
        self.last: LocalConversation | None = None

    def conversation(self) -> LocalConversation:
        """Begin a conversation and remember it."""
        self.last = self._model.conversation()
        return self.last

    def close(self) -> None:
        """Free the weights."""
        self._model.close()


def main() -> None:
    """Four questions in one conversation, two steps each."""
    model = load_model("pocket")
    assert isinstance(model, LocalModel)
    watched = Watched(model)
    with Agent([Calculator()], model=watched) as agent, agent.chat() as chat:
        for question in QUESTIONS:
            chat.run(question)
        usages = [result.usage for result in chat.results]
        assert watched.last is not None
        print(f"steps                           {sum(usage.model_calls for usage in usages)}")
        print(f"length of the episode, tokens   {len(watched.last.ledger)}")
        print(f"positions computed              {watched.last.computed_tokens}")
        print(f"sum of the prompts              {sum(usage.prompt_tokens for usage in usages)}")
        print(f"passes through the network      {watched.last.forward_passes}")


if __name__ == "__main__":
    main()
