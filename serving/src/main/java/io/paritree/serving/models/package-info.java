/**
 * The models in service: opened, warmed up, found by name, and replaced in one step.
 *
 * <p>Knows {@code io.paritree.model}, which verifies them. Knows no request and no Jetty. Its state
 * is the current model of each served reference, and buffers for each thread.
 */
package io.paritree.serving.models;
