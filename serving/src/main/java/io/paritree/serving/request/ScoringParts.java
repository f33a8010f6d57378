package io.paritree.serving.request;

import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.log.PredictionLog;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.Models;
import io.paritree.serving.stored.StoredScores;

/**
 * What every endpoint that scores needs: the models, the stored scores, the limits, the metrics and
 * the log.
 */
public record ScoringParts(
    Models models,
    StoredScores scores,
    ServingConfig.Limits limits,
    ServerMetrics metrics,
    PredictionLog predictions) {}
