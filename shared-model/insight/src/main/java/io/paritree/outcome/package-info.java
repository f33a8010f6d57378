/**
 * How good scores were, once it is known what came: measures of scores with their outcomes, and how
 * sure they are; and of two models for the same rows, how much they differ.
 *
 * <p>Knows no model, no table and no file. Rows come in the order of their scores, those with one
 * score and outcome together, so that the measures do not depend on how the rows were read.
 */
package io.paritree.outcome;
