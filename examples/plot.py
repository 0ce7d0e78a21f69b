"""The code interpreter draws a plot in its sandbox; the file is copied out.

python examples/plot.py
"""

from qwact import Agent
from qwact.tools import CodeInterpreter

with Agent(tools=[CodeInterpreter(work_folder="outputs")]) as agent:
    result = agent.run("Plot sin(x) from 0 to 10")

print(result.answer)
for file in result.files:
    print(file, file.stat().st_size, "bytes")
