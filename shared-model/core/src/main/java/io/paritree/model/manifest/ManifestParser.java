package io.paritree.model.manifest;

import io.paritree.CorruptModelException;
import io.paritree.feature.TimestampPart;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import io.paritree.model.layout.ModelName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Reads {@code paritree.json}. */
public final class ManifestParser {
  static final String FORMAT = "format";
  static final String NAME = "name";
  static final String VERSION = "version";
  static final String MODEL = "model";
  public static final String ROUNDS = "rounds";
  public static final String END = "end";
  public static final String WHY = "why";
  public static final String NOTES = "notes";
  public static final String PROVENANCE = "provenance";
  static final String SEALED_AT = "sealed_at";
  static final String TRAINED_ON = "trained_on";
  static final String TRAINING_ROWS = "training_rows";
  static final String METRICS = "metrics";
  static final String LIBRARIES = "libraries";
  static final String GOLDEN_ROWS = "golden_rows";
  public static final String COMPARED = "compared_with_trainer";
  static final String ROWS = "rows";
  static final String MAX_ULPS = "max_ulps";
  public static final String IMPORTANCE = "importance";
  static final String FIELDS = "fields";
  static final String FIELD = "field";
  static final String MEAN = "mean_contribution";

  public static final String SEALED_ROWS = "sealed_rows";
  static final String FEATURES = "features";
  static final String FEATURE = "feature";
  static final String REFERENCE = "reference";
  static final String MISSING = "missing";
  static final String UNSEEN = "unseen";

  private final StrictJson json;
  private final SchemaParser schema;

  private int format;
  private String name;
  private long version;
  private String model;
  private int rounds;
  private String roundsWhy;
  private String notes = "";
  private boolean saysReference;
  private long importanceRows;
  private final Map<String, Double> means = new LinkedHashMap<>();

  private long sealedRows;
  private final Map<String, Long> missing = new LinkedHashMap<>();
  private final Map<String, Long> unseen = new LinkedHashMap<>();

  private Instant sealedAt;
  private Optional<String> trainedOn = Optional.empty();
  private OptionalLong trainingRows = OptionalLong.empty();
  private final Map<String, Double> metrics = new TreeMap<>();
  private final Map<String, String> libraries = new TreeMap<>();
  private Provenance.GoldenSource golden;
  private long comparedRows;
  private int comparedUlps;

  private ManifestParser(StrictJson json) {
    this.json = json;
    this.schema = new SchemaParser(json, true);
  }

  /**
   * Reads a manifest.
   *
   * @param origin names the file in messages
   * @throws CorruptModelException naming the file, the place, what came and what was expected
   */
  public static Manifest fromJson(String origin, byte[] content) throws CorruptModelException {
    ManifestParser parser;
    try {
      StrictJson json = new StrictJson(origin, content);
      parser = new ManifestParser(json);
      json.document(parser::readManifest);
    } catch (BrokenJsonException e) {
      throw new CorruptModelException(e.getMessage(), e);
    }

    Manifest manifest = parser.manifest();
    boolean needsFourth = manifest.format() == Manifest.FOURTH_FORMAT || parser.saysReference;
    if (needsFourth && parser.format < Manifest.FOURTH_FORMAT) {
      throw new CorruptModelException(
          "Cannot read %s at /format: got %s, expected %s, because it has '%s', '%s' or '%s', or a feature has '%s', or is of the type '%s', '%s', '%s' or '%s'"
              .formatted(
                  origin,
                  parser.format,
                  Manifest.FOURTH_FORMAT,
                  SchemaParser.MADE_FOR,
                  REFERENCE,
                  SchemaParser.CALIBRATION,
                  FeatureParser.IF_MISSING,
                  FeatureParser.MAPPED,
                  FeatureParser.STEPS,
                  TimestampPart.WEEK.key(),
                  TimestampPart.DAY_OF_YEAR.key()));
    }

    if (manifest.format() > parser.format) {
      throw new CorruptModelException(
          "Cannot read %s at /format: got %s, expected at least %s, because it has '%s' or '%s', or a feature has a '%s', '%s' or '%s'"
              .formatted(
                  origin,
                  parser.format,
                  manifest.format(),
                  IMPORTANCE,
                  SEALED_ROWS,
                  FeatureParser.ROLE,
                  FeatureParser.GROUP,
                  FeatureParser.REASON));
    }

    if (manifest.hasReference() && manifest.sealedValues().isPresent()) {
      throw new CorruptModelException(
          "Cannot read %s at /%s: got counts, expected none in format %s, whose reference has them"
              .formatted(origin, SEALED_ROWS, parser.format));
    }

    return manifest;
  }

  private void readManifest() throws BrokenJsonException {
    Map<String, StrictJson.Value> members = new HashMap<>(schema.members());
    members.put(FORMAT, () -> format = (int) json.integer(1, Manifest.NEWEST_FORMAT));
    members.put(NAME, () -> name = name());
    members.put(VERSION, () -> version = json.integer(1, ModelName.MAX_VERSION));
    members.put(MODEL, () -> model = json.text());
    members.put(ROUNDS, this::readRounds);
    members.put(NOTES, () -> notes = json.text());
    members.put(PROVENANCE, this::readProvenance);
    members.put(IMPORTANCE, this::readImportance);
    members.put(SEALED_ROWS, this::readSealedRows);
    members.put(REFERENCE, () -> saysReference = json.truth());
    json.object(
        members, Set.of(FORMAT, NAME, VERSION, MODEL, ROUNDS, SchemaParser.FEATURES, PROVENANCE));
  }

  private void readRounds() throws BrokenJsonException {
    json.object(
        Map.of(
            END, () -> rounds = (int) json.integer(0, Integer.MAX_VALUE),
            WHY, () -> roundsWhy = json.text()),
        Set.of(END, WHY));
  }

  private void readImportance() throws BrokenJsonException {
    json.object(
        Map.of(
            ROWS, () -> importanceRows = json.integer(1, Long.MAX_VALUE),
            FIELDS, () -> json.list(this::readMean)),
        Set.of(ROWS, FIELDS));
  }

  private void readMean() throws BrokenJsonException {
    List<String> field = new ArrayList<>();
    List<Double> mean = new ArrayList<>();
    json.object(
        Map.of(
            FIELD, () -> field.add(json.text()),
            MEAN, () -> mean.add(json.realDouble())),
        Set.of(FIELD, MEAN));
    if (mean.get(0) < 0 || means.putIfAbsent(field.get(0), mean.get(0)) != null) {
      throw json.wrong("each field once, with a mean of 0 or more");
    }
  }

  private void readSealedRows() throws BrokenJsonException {
    json.object(
        Map.of(
            ROWS, () -> sealedRows = json.integer(1, Long.MAX_VALUE),
            FEATURES, () -> json.list(this::readCounts)),
        Set.of(ROWS, FEATURES));
  }

  private void readCounts() throws BrokenJsonException {
    List<String> feature = new ArrayList<>();
    List<Long> counts = new ArrayList<>(List.of(0L, 0L));
    json.object(
        Map.of(
            FEATURE, () -> feature.add(json.text()),
            MISSING, () -> counts.set(0, json.integer(0, Long.MAX_VALUE)),
            UNSEEN, () -> counts.set(1, json.integer(0, Long.MAX_VALUE))),
        Set.of(FEATURE, MISSING, UNSEEN));
    if (missing.putIfAbsent(feature.get(0), counts.get(0)) != null) {
      throw json.wrong("each feature once");
    }

    unseen.put(feature.get(0), counts.get(1));
  }

  private void readProvenance() throws BrokenJsonException {
    Map<String, StrictJson.Value> members = new HashMap<>();
    members.put(SEALED_AT, () -> sealedAt = instant());
    members.put(TRAINED_ON, () -> trainedOn = Optional.of(json.text()));
    members.put(
        TRAINING_ROWS, () -> trainingRows = OptionalLong.of(json.integer(0, Long.MAX_VALUE)));
    members.put(METRICS, () -> json.namedValues(metric -> metrics.put(metric, json.number())));
    members.put(LIBRARIES, () -> json.namedValues(library -> libraries.put(library, json.text())));
    members.put(GOLDEN_ROWS, () -> golden = golden());
    members.put(COMPARED, this::readComparison);
    json.object(members, Set.of(SEALED_AT, GOLDEN_ROWS));
  }

  private void readComparison() throws BrokenJsonException {
    json.object(
        Map.of(
            ROWS, () -> comparedRows = json.integer(1, Long.MAX_VALUE),
            MAX_ULPS, () -> comparedUlps = (int) json.integer(0, 1)),
        Set.of(ROWS, MAX_ULPS));
  }

  private String name() throws BrokenJsonException {
    String text = json.text();
    if (!ModelName.isName(text)) {
      throw json.wrong("a name of " + ModelName.RULE);
    }

    return text;
  }

  private Instant instant() throws BrokenJsonException {
    try {
      return Instant.parse(json.text());
    } catch (DateTimeException e) {
      throw json.wrong("a time such as 2026-01-31T12:00:00Z");
    }
  }

  private Provenance.GoldenSource golden() throws BrokenJsonException {
    String text = json.text();
    return Arrays.stream(Provenance.GoldenSource.values())
        .filter(source -> key(source).equals(text))
        .findFirst()
        .orElseThrow(() -> json.wrong("'rows' or 'generated'"));
  }

  public static String key(Provenance.GoldenSource source) {
    return source.name().toLowerCase(Locale.ROOT);
  }

  private Manifest manifest() {
    Optional<Provenance.TrainerComparison> compared =
        comparedRows == 0
            ? Optional.empty()
            : Optional.of(new Provenance.TrainerComparison(comparedRows, comparedUlps));
    Provenance provenance =
        new Provenance(sealedAt, trainedOn, trainingRows, metrics, libraries, golden, compared);
    return new Manifest(
        name,
        version,
        model,
        rounds,
        roundsWhy,
        schema.schema(),
        provenance,
        importanceRows == 0
            ? Optional.empty()
            : Optional.of(new FieldImportance(importanceRows, means)),
        sealedRows == 0
            ? Optional.empty()
            : Optional.of(new SealedValues(sealedRows, missing, unseen)),
        format == Manifest.THIRD_FORMAT || saysReference,
        notes);
  }
}
