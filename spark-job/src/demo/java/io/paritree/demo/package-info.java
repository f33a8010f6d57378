/**
 * The two steps of the demo that are not part of the product: training a model, and checking the
 * result.
 *
 * <p>{@link io.paritree.demo.FlightDelayTraining} is an example of how a trainer makes what a
 * package needs: the model file, the schema, and some rows with the trainer's own predictions.
 */
package io.paritree.demo;
