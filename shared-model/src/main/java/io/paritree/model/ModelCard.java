package io.paritree.model;

import java.util.Objects;
import java.util.Optional;

/**
 * What a model says of itself, beside its features and outputs.
 *
 * @param modelFile name of the model file
 * @param objective XGBoost's name of the objective
 * @param booster XGBoost's name of the booster
 * @param modelClass the Python class that MLflow logged, where the model comes from MLflow
 * @param xgboostVersion the version of XGBoost that wrote the model file; empty if it does not say
 * @param rounds number of rounds that are used, from the first
 * @param allRounds number of rounds in the model file
 * @param roundsWhy why so many are used
 * @param provenance where a sealed model comes from; empty for an unsealed one, for which nothing
 *     vouches
 * @param notes free text
 */
public record ModelCard(
    String modelFile,
    String objective,
    String booster,
    Optional<String> modelClass,
    String xgboostVersion,
    int rounds,
    int allRounds,
    String roundsWhy,
    Optional<Provenance> provenance,
    String notes) {

  public ModelCard {
    Objects.requireNonNull(modelFile, "modelFile");
    Objects.requireNonNull(objective, "objective");
    Objects.requireNonNull(booster, "booster");
    Objects.requireNonNull(modelClass, "modelClass");
    Objects.requireNonNull(xgboostVersion, "xgboostVersion");
    Objects.requireNonNull(roundsWhy, "roundsWhy");
    Objects.requireNonNull(provenance, "provenance");
    Objects.requireNonNull(notes, "notes");
  }

  /** Returns whether the trainer's own predictions were compared with the model's scores. */
  public boolean comparedWithTrainer() {
    return provenance.flatMap(Provenance::comparedWithTrainer).isPresent();
  }
}
