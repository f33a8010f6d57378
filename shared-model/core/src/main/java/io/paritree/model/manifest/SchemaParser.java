package io.paritree.model.manifest;

import io.paritree.CorruptModelException;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads features and outputs: of a manifest, or of a schema file for {@code seal}. */
public final class SchemaParser {
  public static final String FEATURES = "features";
  public static final String OUTPUTS = "outputs";
  public static final String NAMES = "names";
  public static final String CLASSES = "classes";
  public static final String THRESHOLD = "threshold";
  public static final String CALIBRATION = "calibration";

  /** The digest of the model file that the features were made for. */
  public static final String MADE_FOR = "made_for";

  private static final int MAX_FEATURES = 1_000_000;

  private final StrictJson json;
  private final boolean isManifest;
  private final List<FeatureForm> features = new ArrayList<>();
  private final List<ReasonRule> reasons = new ArrayList<>();
  private OutputsForm outputs = OutputsForm.DEFAULT;
  private Optional<String> madeFor = Optional.empty();

  /**
   * @param isManifest whether a manifest is read, and not a schema file
   */
  SchemaParser(StrictJson json, boolean isManifest) {
    this.json = json;
    this.isManifest = isManifest;
  }

  /**
   * Reads a schema file: an object with {@code features} and, optionally, {@code outputs}.
   *
   * @param origin names the file in messages
   */
  public static SchemaForm fromJson(String origin, byte[] content) throws CorruptModelException {
    try {
      StrictJson json = new StrictJson(origin, content);
      SchemaParser parser = new SchemaParser(json, false);
      json.document(() -> json.object(parser.members(), Set.of(FEATURES)));
      return parser.schema();
    } catch (BrokenJsonException e) {
      throw new CorruptModelException(e.getMessage(), e);
    }
  }

  /** Returns the readers of the members that a schema consists of. */
  Map<String, StrictJson.Value> members() {
    return Map.of(
        FEATURES,
        this::readFeatures,
        OUTPUTS,
        this::readOutputs,
        MADE_FOR,
        () -> madeFor = Optional.of(digest()));
  }

  /** Returns what has been read. */
  SchemaForm schema() {
    return new SchemaForm(features, reasons, outputs, madeFor);
  }

  private String digest() throws BrokenJsonException {
    String text = json.text();
    if (!text.matches("[0-9a-f]{64}")) {
      throw json.wrong("the SHA-256 of the model file, as 64 hexadecimal digits");
    }

    return text;
  }

  private void readFeatures() throws BrokenJsonException {
    json.list(
        () -> {
          if (features.size() == MAX_FEATURES) {
            throw json.refused("more than %s features".formatted(MAX_FEATURES), null);
          }

          FeatureParser feature = new FeatureParser(json, isManifest);
          features.add(feature.read());
          reasons.add(feature.reason());
        });
  }

  private void readOutputs() throws BrokenJsonException {
    Map<String, List<String>> lists = new HashMap<>();
    List<Float> threshold = new ArrayList<>();
    CalibrationParser calibration = new CalibrationParser(json);
    json.object(
        Map.of(
            NAMES, () -> lists.put(NAMES, texts()),
            CLASSES, () -> lists.put(CLASSES, texts()),
            THRESHOLD, () -> threshold.add((float) json.floatNumber()),
            CALIBRATION, calibration::read),
        Set.of());
    outputs =
        new OutputsForm(
            Optional.ofNullable(lists.get(NAMES)),
            Optional.ofNullable(lists.get(CLASSES)),
            threshold.stream().findFirst(),
            calibration.calibration());
  }

  private List<String> texts() throws BrokenJsonException {
    List<String> texts = new ArrayList<>();
    json.list(() -> texts.add(json.text()));
    return texts;
  }
}
