"""All metrics by their keys."""

from reporting.metrics import finance, operations, people, sales
from reporting.metrics.definition import Metric

METRICS: dict[str, Metric] = {
    metric.key: metric for module in (finance, sales, operations, people) for metric in module.METRICS
}
