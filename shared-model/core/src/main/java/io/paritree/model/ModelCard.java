package io.paritree.model;

import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.Provenance;
import io.paritree.profile.Profile;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The facts about a model besides its features and outputs.
 *
 * @param modelFile name of the model file
 * @param objective XGBoost's name of the objective
 * @param booster XGBoost's name of the booster
 * @param modelClass the Python class that MLflow logged, where the model comes from MLflow
 * @param optionalColumns the columns that MLflow's signature does not require
 * @param xgboostVersion the version of XGBoost that wrote the model file; empty if the file does
 *     not say
 * @param rounds number of rounds that are used, counted from the first
 * @param allRounds number of rounds in the model file
 * @param roundsWhy why this number of rounds is used
 * @param bestRounds number of rounds up to the best iteration, if training was stopped early
 * @param offsets a sentence about the offsets with which margins begin; empty if they begin with
 *     the model's base
 * @param remarks sentences about what the trainer's own predictions depend on, besides the rounds;
 *     of a sealed model too, whose schema decides
 * @param provenance where a sealed model comes from; empty for an unsealed one, for which nothing
 *     vouches
 * @param importance how much each field moved the margins when the package was sealed; empty if it
 *     was not measured
 * @param reference what the rows are like that the package was sealed with; of a package of format
 *     2 their number, and their missing and unseen values; empty if it has none
 * @param goldenContributions how many golden rows have contributions, which were reproduced
 * @param notes free text
 */
public record ModelCard(
    String modelFile,
    String objective,
    String booster,
    Optional<String> modelClass,
    Set<String> optionalColumns,
    String xgboostVersion,
    int rounds,
    int allRounds,
    String roundsWhy,
    OptionalInt bestRounds,
    Optional<String> offsets,
    List<String> remarks,
    Optional<Provenance> provenance,
    Optional<FieldImportance> importance,
    Optional<Profile> reference,
    int goldenContributions,
    String notes) {

  public ModelCard {
    optionalColumns = Set.copyOf(optionalColumns);
    remarks = List.copyOf(remarks);
  }

  /** Returns whether the trainer's own predictions were compared with the model's scores. */
  public boolean comparedWithTrainer() {
    return provenance.flatMap(Provenance::comparedWithTrainer).isPresent();
  }

  /** Returns a sentence about early stopping, as {@link RoundsChoice#earlyStopping} does. */
  public Optional<String> earlyStopping() {
    return RoundsChoice.earlyStopping(rounds, bestRounds, allRounds);
  }
}
