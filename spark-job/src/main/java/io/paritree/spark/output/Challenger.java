package io.paritree.spark.output;

import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;

/**
 * A model that scores the rows, too, to be compared.
 *
 * @param name by which the run calls it
 */
public record Challenger(String name, ModelFiles files, ScoringModel model) {}
