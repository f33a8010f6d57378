/**
 * What is sent back: scores and problems, as JSON.
 *
 * <p>Knows faults and what a model's outputs are called. Knows no model in service, no route and no
 * Jetty.
 */
package io.paritree.serving.answer;
