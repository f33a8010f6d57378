/**
 * The score as a function of one field of a record: {@code /v1/models/{name}/sweep}.
 *
 * <p>Knows the models in service, their splits, and how answers are written. Logs and counts no
 * prediction: nobody acts on one.
 */
package io.paritree.serving.insight.sweep;
