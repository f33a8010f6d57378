package io.paritree.serving.request;

import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.log.PredictionLog;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.Models;

/** What every endpoint that scores needs: the models, the limits, the metrics and the log. */
public record ScoringParts(
    Models models, ServingConfig.Limits limits, ServerMetrics metrics, PredictionLog predictions) {}
