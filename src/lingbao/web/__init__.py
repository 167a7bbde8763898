"""The site: pages and API that put the law, the planner and their explanations before people."""
