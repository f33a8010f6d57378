package io.paritree.serving.models;

import io.paritree.UnsupportedModelException;
import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.ScoringModel;
import io.paritree.reasons.Reasons;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.RecordValues;
import io.paritree.record.UnknownFields;
import io.paritree.serving.answer.AnswerForm;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.insight.traffic.RequestProfile;
import io.paritree.serving.insight.traffic.SeenRows;
import io.paritree.serving.insight.traffic.Shadow;
import io.paritree.serving.insight.traffic.UnscoredRows;
import io.paritree.serving.log.PredictionForm;
import io.paritree.serving.log.PredictionLog;
import io.paritree.serving.metrics.FaultTotals;
import io.paritree.serving.metrics.ServerMetrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A verified model, with what the server needs to answer for it.
 *
 * <p>Thread-safe; only its counters and each thread's buffers change.
 */
public final class ServedModel {
  private final ScoringModel model;
  private final Instant loaded;
  private final Instant since;
  private final byte[] answerStart;
  private final AnswerForm form;

  private final ThreadLocal<RequestBuffers> buffers;
  private final CounterDataPoint scored;
  private final CounterDataPoint refused;
  private final Set<String> columns;
  private final Optional<RequestProfile> profile;
  private final Supplier<Shadow> shadow;
  private volatile Reasons reasons; // made when they are asked for first
  private volatile PredictionForm predictionForm; // made when the first prediction is logged

  /**
   * @param since when the slot began to answer with this version
   * @param profile counts the rows of callers; empty if that is switched off
   * @param shadow returns what scores them with a challenger; null if none is configured
   */
  ServedModel(
      ScoringModel model,
      Instant loaded,
      Instant since,
      UnknownFields unknown,
      Optional<RequestProfile> profile,
      Supplier<Shadow> shadow,
      ServerMetrics metrics) {
    this.model = model;
    this.loaded = loaded;
    this.since = since;
    Schema schema = model.schema();
    this.profile = profile;
    this.shadow = shadow;
    this.buffers =
        ThreadLocal.withInitial(
            () ->
                new RequestBuffers(
                    schema,
                    unknown,
                    model.engine(),
                    profile.map(RequestProfile::ofThread).orElse(null)));
    this.scored = metrics.rows(model.name(), "scored");
    this.refused = metrics.rows(model.name(), "refused");
    this.columns =
        schema.fields().stream().map(Field::column).collect(Collectors.toUnmodifiableSet());
    String version = JsonBytes.quotedText(model.modelVersion());
    this.answerStart =
        "{\"model\":%s,\"model_version\":%s,\"version\":%s" // "version" until the next release
            .formatted(JsonBytes.quotedText(model.name()), version, version)
            .getBytes(StandardCharsets.UTF_8);
    this.form = new AnswerForm(model.outputs());
  }

  public String name() {
    return model.name();
  }

  public ScoringModel model() {
    return model;
  }

  /** Returns when the model was opened and verified. */
  public Instant loaded() {
    return loaded;
  }

  /**
   * Returns when the server began to answer with this version; earlier than {@link #loaded} if it
   * was opened again since.
   */
  public Instant since() {
    return since;
  }

  /** Returns whether a model is the same version of the same package. */
  boolean isOf(ScoringModel other) {
    return model.modelVersion().equals(other.modelVersion())
        && model.digest().equals(other.digest());
  }

  /** Returns how each answer begins: the opening brace, the model's name and its version. */
  public byte[] answerStart() {
    return answerStart;
  }

  /** Returns the calling thread's buffers for this model. */
  public RequestBuffers buffers() {
    return buffers.get();
  }

  /** Returns the profile of the callers' rows; empty if that is switched off. */
  public Optional<RequestProfile> profile() {
    return profile;
  }

  /** Returns what scores the callers' rows with a challenger; null if none is configured. */
  public Shadow shadow() {
    return shadow.get();
  }

  /**
   * Returns what keeps the values of one request that a challenger reads otherwise; null if none
   * does.
   */
  public RecordValues shadowValues() {
    Shadow of = shadow.get();
    if (of == null) {
      return null;
    }

    int[] kept = of.kept();
    return kept.length == 0 ? null : RecordValues.ofSome(model.schema().fields().size(), kept);
  }

  /** Returns whether the model reads a field. */
  public boolean reads(String field) {
    return columns.contains(field);
  }

  public CounterDataPoint scored() {
    return scored;
  }

  /**
   * Counts refused rows and their faults.
   *
   * @param faults the faults of all these rows
   * @param profiled these rows and all that were read with them, for the profile
   * @param found has their unseen values
   */
  public void refused(
      long rows, FaultTotals faults, UnscoredRows profiled, Faults found, ServerMetrics metrics) {
    refused.inc(rows);
    SeenRows seen = buffers().seen;
    if (seen != null) {
      seen.addRefused(profiled, faults, found);
    }

    faults.forEach((field, code, count) -> metrics.faults(name(), field, code).inc(count));
  }

  /** Returns what counts the rows of a request that are refused, for the profile. */
  public UnscoredRows refusedRows() {
    return profile.map(RequestProfile::ofRequest).orElseGet(UnscoredRows::uncounted);
  }

  /** Returns what adds up the faults of a request by the model's fields. */
  public FaultTotals faultTotals() {
    return new FaultTotals(columns);
  }

  /** Returns a reader of records that ignores the fields that no feature reads. */
  public JsonRecordReader lenientReader() {
    return new JsonRecordReader(model.schema(), UnknownFields.IGNORE);
  }

  /** Returns how a row is written to the prediction log of this server. */
  public PredictionForm predictionForm(PredictionLog log) {
    PredictionForm made = predictionForm;
    if (made == null) {
      made = log.form(model, buffers().block);
      predictionForm = made;
    }

    return made;
  }

  /**
   * Returns the reasons of the model's scores; made when they are asked for first.
   *
   * @throws UnsupportedModelException if the model cannot be explained
   */
  public Reasons reasons() throws UnsupportedModelException {
    Reasons made = reasons;
    if (made == null) {
      made = Reasons.of(model, ContributionMode.FAST);
      reasons = made;
    }

    return made;
  }

  /** Returns how a row's scores are written. */
  public AnswerForm form() {
    return form;
  }
}
