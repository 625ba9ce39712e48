"""What Prometheus reads at /metrics: how many turns, how long they take, what waits. No ids, no contents."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
TURNS = Counter("desk_turns_total", "Updates handled, by channel and outcome", ("channel", "what"), registry=REGISTRY)
TURN_SECONDS = Histogram(
    "desk_turn_seconds",
    "From an update's arrival to its commit",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
    registry=REGISTRY,
)
WAITING = Gauge("desk_outbox_waiting", "Messages that wait to be sent", registry=REGISTRY)
HELD = Gauge("desk_outbox_held", "Messages that wait for their person to write", registry=REGISTRY)
MESSAGES = Counter(
    "desk_messages_total", "Messages that a platform told the price of", ("channel", "kind"), registry=REGISTRY
)


def exposition() -> str:
    """The current figures in Prometheus' text format."""
    return generate_latest(REGISTRY).decode()
