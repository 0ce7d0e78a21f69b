"""Every step as it happens, in async code, over two turns of one conversation.

python examples/stream_events.py
"""

import asyncio

from qwact import Agent, events
from qwact.tools import Calculator


async def main() -> None:
    with Agent(tools=[Calculator()]) as agent, agent.chat() as chat:
        for question in ("What is 37 * 489 + 12?", "What is 81 / 9?"):
            async for event in chat.astream(question):
                match event:
                    case events.ToolCall(step, name, arguments):
                        print(f"step {step}: {name} {dict(arguments)}")
                    case events.ToolResult(_, _, text):
                        print(f"        -> {text}")
                    case events.RunFinished(result):
                        print(result.answer, result.usage)


asyncio.run(main())
