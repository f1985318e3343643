"""One set of panels, and what is made of it: a dashboard of Azure's portal, one of Grafana, pictures for the docs."""
