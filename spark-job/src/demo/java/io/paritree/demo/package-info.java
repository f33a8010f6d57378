/**
 * The demo's two steps that are not the product's own: training a model, and checking what came
 * out.
 *
 * <p>{@link io.paritree.demo.FlightDelayTraining} is an example of how a trainer makes what a
 * package needs: the model file, the schema, and some rows with the trainer's own predictions.
 */
package io.paritree.demo;
