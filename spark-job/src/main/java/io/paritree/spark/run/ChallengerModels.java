package io.paritree.spark.run;

import io.paritree.ModelException;
import io.paritree.model.ModelFiles;
import io.paritree.model.ModelMemory;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.spark.output.Challenger;
import io.paritree.spark.output.Challengers;
import io.paritree.spark.score.OpenModels;
import io.paritree.spark.settings.JobSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Opens the challengers of a run. One that cannot be opened is left out. */
final class ChallengerModels {
  private ChallengerModels() {}

  /**
   * Opens the models.
   *
   * @param hadoop Spark's settings for Hadoop's clients
   */
  static Challengers open(JobSettings settings, Map<String, String> hadoop) {
    List<Challenger> opened = new ArrayList<>();
    Map<String, String> leftOut = new LinkedHashMap<>();
    settings
        .challengers()
        .models()
        .forEach(
            (name, reference) -> {
              try {
                String found = ScoringJob.reference(reference, hadoop);
                ModelFiles files = ModelFiles.read(found, hadoop);
                ScoringModel model = Opening.open(files, settings.engine());
                OpenModels.remember(model, settings.engine());
                opened.add(new Challenger(name, files, model));
              } catch (ModelException
                  | IOException
                  | RuntimeException
                  | LinkageError
                  | StackOverflowError
                  | OutOfMemoryError e) {
                leftOut.put(name, e.getMessage() == null ? e.toString() : e.getMessage());
              }
            });
    return new Challengers(opened, leftOut);
  }

  /**
   * Returns those for which executors have the heap, beside the champion and each other.
   *
   * @param champion the files of the model that acts
   * @param heap the largest heap of an executor, in bytes
   * @param option what sets it
   */
  static Challengers fitting(
      Challengers challengers, ModelFiles champion, long heap, String option) {
    long taken = ModelMemory.executorNeed(champion);
    Map<String, String> why = new LinkedHashMap<>();
    for (Challenger challenger : challengers.all()) {
      try {
        ModelMemory.checkExecutor(challenger.files(), taken, heap, option);
        taken += ModelMemory.executorNeed(challenger.files());
      } catch (ModelException e) {
        why.put(challenger.name(), e.getMessage());
      }
    }

    return challengers.without(why);
  }
}
