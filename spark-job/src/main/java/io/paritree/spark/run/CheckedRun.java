package io.paritree.spark.run;

import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.output.RunReport.Model;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.output.CarriedColumns;
import io.paritree.spark.output.Challengers;
import io.paritree.spark.output.Output;
import io.paritree.spark.output.OutputColumns;
import io.paritree.spark.output.OutputPartition;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.DriftMode;
import io.paritree.store.FileStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.types.StructType;

/**
 * What a run needs to know about its model, input and output once everything is checked.
 *
 * @param carried the columns of the input that are written too
 * @param rows the columns of the output's files
 * @param hasSecrets whether files may be encrypted, so that values of rows must not be readable
 *     anywhere else
 * @param challengers other models that score the rows, too
 * @param open the partitions to score
 * @param alreadyPublished the partitions that are already published with the same identity
 */
public record CheckedRun(
    JobSettings settings,
    ModelFiles modelFiles,
    ScoringModel model,
    OutputColumns columns,
    FileStore inputStore,
    CheckedInput input,
    CarriedColumns carried,
    StructType rows,
    boolean hasSecrets,
    Output output,
    Challengers challengers,
    List<OutputPartition> open,
    List<String> alreadyPublished) {
  public CheckedRun {
    open = List.copyOf(open);
    alreadyPublished = List.copyOf(alreadyPublished);
  }

  public List<InputFile> files() {
    return open.stream().flatMap(target -> target.files().stream()).toList();
  }

  public OutputPlace place() {
    return output.place();
  }

  /** Returns whether rows are compared with others, now that the model is known. */
  public DriftMode drift() {
    DriftMode asked = settings.drift().mode();
    if (asked != DriftMode.AUTO) {
      return asked;
    } else if (hasSecrets) {
      return DriftMode.OFF;
    }

    boolean hasBins =
        model.card().reference().stream()
            .flatMap(reference -> reference.features().stream())
            .anyMatch(feature -> feature.bins().isPresent());
    boolean isAsked = !settings.drift().more().isEmpty();
    return hasBins || isAsked ? DriftMode.REPORT : DriftMode.OFF;
  }

  /** Returns the model's columns, the most important first, then in the model's order. */
  public List<String> fieldsByImportance() {
    Map<String, Double> means =
        model.card().importance().map(FieldImportance::means).orElse(Map.of());
    Map<String, Double> byField = new LinkedHashMap<>();
    for (ReasonGroup group : ReasonGroup.of(model.schema(), model.reasonRules())) {
      double mean = means.getOrDefault(group.name(), 0.0);
      group.columns().forEach(field -> byField.merge(field, mean, Math::max));
    }

    model.schema().features().forEach(feature -> byField.putIfAbsent(feature.column(), 0.0));
    return byField.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns a copy with only some of the open partitions. */
  public CheckedRun withOpen(List<OutputPartition> group) {
    return new CheckedRun(
        settings,
        modelFiles,
        model,
        columns,
        inputStore,
        input,
        carried,
        rows,
        hasSecrets,
        output,
        challengers,
        group,
        alreadyPublished);
  }

  /** Returns a copy with other challengers; if there are none, nothing more is read for any. */
  public CheckedRun with(Challengers others) {
    return new CheckedRun(
        settings,
        modelFiles,
        model,
        columns,
        inputStore,
        others.all().isEmpty() ? input.withoutMore() : input,
        carried,
        rows,
        hasSecrets,
        output,
        others,
        open,
        alreadyPublished);
  }

  public static Model modelOf(ScoringModel model, JobSettings settings) {
    return new Model(
        model.name(),
        model.modelVersion(),
        model.digest(),
        settings.engine().name().toLowerCase(Locale.ROOT),
        model.sealed(),
        model.card().earlyStopping().orElse(""),
        model.card().offsets().orElse(""));
  }
}
