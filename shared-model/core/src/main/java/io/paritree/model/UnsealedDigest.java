package io.paritree.model;

import io.paritree.Sha256;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.json.JsonText;
import io.paritree.model.layout.MlflowModel;
import io.paritree.model.manifest.FeatureForm;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.model.manifest.SchemaWriter;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The digest of everything that the scores and answers of an unsealed model depend on.
 *
 * <p>A model file without further statements by anybody has the SHA-256 of the file. Otherwise
 * schema, rounds, and what MLflow says of answers are part of it. A detail that changes no score,
 * such as the number of MLflow's run, is not: the same model that was logged again stays the same.
 */
final class UnsealedDigest {
  private UnsealedDigest() {}

  /**
   * @param file the SHA-256 of the model file
   * @return 64 hexadecimal digits
   */
  static String of(
      String file,
      Optional<MlflowModel> mlflow,
      Assumptions assumptions,
      SchemaForm schema,
      RoundsChoice rounds) {
    if (mlflow.isEmpty()
        && assumptions.offsets().isEmpty()
        && assumptions.rounds().isEmpty()
        && schema.features().stream().noneMatch(UnsealedDigest::isCode)) {
      return file;
    }

    return Sha256.hex(
        JsonText.of(
            JsonText.object(
                out -> {
                  out.writeStringField("file", file);
                  out.writeStringField("schema", Sha256.hex(SchemaWriter.toJson(schema)));
                  out.writeNumberField("rounds", rounds.end());
                  if (mlflow.isPresent()) {
                    out.writeStringField("model_class", mlflow.get().modelClass());
                    Set<String> columns = new TreeSet<>(mlflow.get().optionalColumns());
                    JsonText.array(out, "optional", columns, out::writeString);
                  }
                })));
  }

  private static boolean isCode(FeatureForm feature) {
    return feature instanceof FeatureForm.Complete complete
        && complete.feature() instanceof CategoryCodeFeature;
  }
}
