"""A tool of your own, on the model that ships inside.

python examples/own_tool.py
"""

from typing import Literal

from qwact import Agent, tool


@tool
def get_weather(city: str, unit: Literal["celsius", "fahrenheit"] = "celsius") -> dict[str, object]:
    """Current weather of a city.

    Args:
        city: Name of the city.
        unit: Temperature unit.
    """
    return {"city": city, "temperature": 54 if unit == "fahrenheit" else 12, "sky": "cloudy"}


with Agent(tools=[get_weather]) as agent:
    result = agent.run("How warm is it in Oslo, in fahrenheit?")

for step in result.steps:
    print(step.call, "->", step.observation)
print(result.answer)
