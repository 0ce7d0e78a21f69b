"""Prompt tokens that are computed over an episode of 8 steps, with the shipped model.

    python benchmarks/tokens_computed.py

Equal to the episode's length, since each token is computed once; a framework that sends the whole prompt
again at each step computes the sum of its prompts.
"""

from qwact import Agent, Limits, events, tool


@tool
def next_page(page: int) -> str:
    """Read a page of the report.

    Args:
        page: Number of the page.
    """
    return f"Page {page}: sales were {page * 137} units. Go on with page {page + 1}."


def main() -> None:
    """Run one episode to its step limit and print the two sums."""
    with Agent([next_page], limits=Limits(steps=8)) as agent:
        for event in agent.stream("Read the report from page 1 to page 9, page by page."):
            if isinstance(event, events.RunFinished):
                result = event.result
    usage = result.usage
    computed = usage.prompt_tokens - usage.reused_tokens
    print(f"model calls                     {usage.model_calls}")
    print(f"prompt tokens, summed           {usage.prompt_tokens}")
    print(f"of these already in the cache   {usage.reused_tokens}")
    print(f"prompt tokens computed          {computed}")
    print(f"written by the model            {usage.sampled_tokens} sampled, {usage.forced_tokens} forced")


if __name__ == "__main__":
    main()
