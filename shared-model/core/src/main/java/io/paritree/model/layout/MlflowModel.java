package io.paritree.model.layout;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Utf8Text;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/**
 * What the file {@code MLmodel} of an MLflow directory says about an XGBoost model.
 *
 * @param modelFile name of the model file within the directory
 * @param modelClass the Python class that was logged
 * @param signature the inputs; without columns if the model has no signature
 */
public record MlflowModel(String modelFile, String modelClass, MlflowSignature signature) {
  private static final String FLAVORS = "flavors";
  private static final String XGBOOST = "xgboost";
  private static final String DATA = "data";
  private static final String MODEL_CLASS = "model_class";
  private static final String SIGNATURE = "signature";
  private static final String INPUTS = "inputs";
  private static final String BOOSTER = "xgboost.core.Booster";
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

  /**
   * What PyYAML writes without quotes, such as {@code 1e3}, may be a number for other readers of
   * YAML; nothing that is read here is one.
   */
  private static final Schema TEXTS =
      new JsonSchema() {
        @Override
        public ScalarResolver getScalarResolver() {
          return (text, plain) -> plain && NULLS.contains(text) ? Tag.NULL : Tag.STR;
        }
      };

  /**
   * Reads an {@code MLmodel} file.
   *
   * @param origin names the directory in messages
   * @throws UnsupportedModelException if it has no flavor {@code xgboost}
   */
  public static MlflowModel parse(String origin, byte[] content) throws ModelException {
    String where = origin + "/" + PackageFiles.MLMODEL;
    Map<?, ?> document = map(where, "", load(where, content));
    Map<?, ?> flavors = map(where, FLAVORS, document.get(FLAVORS));
    if (!flavors.containsKey(XGBOOST)) {
      throw new UnsupportedModelException(
          "Cannot open MLflow model %s: its flavors are %s, expected '%s' among them"
              .formatted(origin, Fault.printable(flavors.keySet().toString()), XGBOOST));
    }

    Map<?, ?> flavor = map(where, FLAVORS + "/" + XGBOOST, flavors.get(XGBOOST));
    String modelFile = text(where, FLAVORS + "/" + XGBOOST + "/" + DATA, flavor.get(DATA));
    if (!Digests.isGoodName(modelFile)) {
      throw new CorruptModelException(
          "Cannot read %s at /flavors/xgboost/data: got '%s', expected the name of a file within the directory"
              .formatted(where, Fault.printable(modelFile)));
    }

    Object modelClass = flavor.get(MODEL_CLASS); // absent before MLflow 1.22
    return new MlflowModel(
        modelFile,
        modelClass == null
            ? BOOSTER
            : text(where, FLAVORS + "/" + XGBOOST + "/" + MODEL_CLASS, modelClass),
        signature(where, document.get(SIGNATURE)));
  }

  /** Returns whether the logged class scores only with the rounds up to the best iteration. */
  public boolean stopsAtBestIteration() {
    return modelClass.startsWith("xgboost.sklearn.");
  }

  /** Returns the columns of the signature; none without one. */
  public List<MlflowSignature.Column> columns() {
    return signature.columns();
  }

  /** Returns the columns that the signature does not require. */
  public Set<String> optionalColumns() {
    return signature.optionalNames();
  }

  private static MlflowSignature signature(String where, Object signature) throws ModelException {
    Object inputs = signature == null ? null : map(where, SIGNATURE, signature).get(INPUTS);
    if (inputs == null) {
      return new MlflowSignature(List.of());
    }

    String json = text(where, SIGNATURE + "/" + INPUTS, inputs);
    return MlflowSignature.parse(
        where + " (signature/inputs)", json.getBytes(StandardCharsets.UTF_8));
  }

  private static Object load(String where, byte[] content) throws CorruptModelException {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(where)
            .setSchema(TEXTS)
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(10)
            .build();
    try {
      return new Load(settings).loadFromString(Utf8Text.of(where, content));
    } catch (BrokenJsonException e) {
      throw new CorruptModelException(e.getMessage(), e);
    } catch (YamlEngineException e) {
      throw new CorruptModelException(
          "Cannot read %s: it is not well-formed YAML: %s"
              .formatted(where, Fault.printable(String.valueOf(e.getMessage()), 200)),
          e);
    }
  }

  private static Map<?, ?> map(String where, String pointer, Object value)
      throws CorruptModelException {
    if (value instanceof Map<?, ?> map) {
      return map;
    }

    throw wrong(where, pointer, value, "a map");
  }

  private static String text(String where, String pointer, Object value)
      throws CorruptModelException {
    if (value instanceof String text) {
      return text;
    }

    throw wrong(where, pointer, value, "text");
  }

  private static CorruptModelException wrong(
      String where, String pointer, Object got, String expected) {
    return new CorruptModelException(
        "Cannot read %s at /%s: got %s, expected %s"
            .formatted(where, pointer, Fault.printable(String.valueOf(got)), expected));
  }
}
