/**
 * The models in service: opened, warmed up, found by name, and replaced in one step.
 *
 * <p>Knows {@code io.paritree.model}, which verifies them, and the logs, whose columns depend on
 * the model. Knows no request and no Jetty.
 */
package io.paritree.serving.models;
