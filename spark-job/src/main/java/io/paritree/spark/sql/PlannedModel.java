package io.paritree.spark.sql;

import io.paritree.ModelException;
import io.paritree.forest.Engine;
import io.paritree.model.ModelFiles;
import io.paritree.model.ModelMemory;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.score.OpenModels;
import io.paritree.spark.task.KryoClasses;
import io.paritree.store.FileStore;
import java.io.IOException;
import java.io.Serializable;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * The model of a query, as it travels in the query's plan: version and digest, and where executors
 * find its bytes. Neither bytes nor settings are in the plan; executors read no store.
 *
 * <p>Immutable and thread-safe.
 *
 * @param modelVersion the value of the column {@code model_version}
 * @param scorer what of the model scores
 */
record PlannedModel(String modelVersion, String digest, Broadcast<ModelFiles> files, Scorer scorer)
    implements Serializable {
  private static final String EXECUTOR_MEMORY = "spark.executor.memory";

  /** By application and digest; as long as there is heap for them, or a plan refers to them. */
  private static final Map<String, SoftReference<PlannedModel>> BY_DIGEST =
      new ConcurrentHashMap<>();

  /** Likewise, by application and location; only versions in a store, which never change. */
  private static final Map<String, SoftReference<PlannedModel>> BY_LOCATION =
      new ConcurrentHashMap<>();

  /**
   * Finds what a reference names now, opens it, and makes its bytes available to executors.
   *
   * @param reference as in the job: a path without a scheme is Hadoop's
   * @throws ModelException if it is no model, or one that cannot be scored
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if this Spark cannot send it to executors
   */
  static PlannedModel of(SparkSession session, String reference)
      throws ModelException, IOException {
    checkKryo();
    Map<String, String> hadoop = HadoopPaths.settingsByName(session);
    String located = FileStore.located(reference, hadoop).toString();
    ModelFiles.Place place = ModelFiles.locate(located, hadoop);
    String application = session.sparkContext().applicationId() + " ";
    Optional<PlannedModel> known =
        place.isVersion() ? kept(BY_LOCATION, application + place.location()) : Optional.empty();
    if (known.isPresent()) {
      return known.get();
    }

    // The place, and not the reference again: its alias may have moved meanwhile.
    ModelFiles files = ModelFiles.read(place.location(), hadoop);
    PlannedModel planned = of(session, files, Scorer.FAST);
    if (place.isVersion()) {
      BY_LOCATION.put(application + place.location(), new SoftReference<>(planned));
    }

    return planned;
  }

  /**
   * Opens a model, and makes its bytes available to executors.
   *
   * @throws ModelException if it is none, or one that cannot be scored
   * @throws IllegalArgumentException if this Spark cannot send it to executors
   */
  static PlannedModel of(SparkSession session, ModelFiles files, Scorer scorer)
      throws ModelException {
    checkKryo();
    checkExecutors(session, files);
    ScoringModel model = Opening.open(files, scorer.kind());
    String application = session.sparkContext().applicationId() + " ";
    return broadcast(session, application, files, model, scorer);
  }

  private static void checkKryo() {
    Optional<String> problem = KryoClasses.problem();
    if (problem.isPresent()) {
      throw new IllegalArgumentException("Cannot score in this session: " + problem.get());
    }
  }

  private static synchronized PlannedModel broadcast(
      SparkSession session,
      String application,
      ModelFiles files,
      ScoringModel model,
      Scorer scorer) {
    String key = application + model.digest() + " " + scorer;
    Optional<PlannedModel> known = kept(BY_DIGEST, key);
    if (known.isPresent()) {
      return known.get();
    }

    OpenModels.remember(model, scorer.kind());
    PlannedModel planned =
        new PlannedModel(
            model.modelVersion(),
            model.digest(),
            new JavaSparkContext(session.sparkContext()).broadcast(files),
            scorer);
    BY_DIGEST.put(key, new SoftReference<>(planned));
    return planned;
  }

  private static Optional<PlannedModel> kept(
      Map<String, SoftReference<PlannedModel>> all, String key) {
    return Optional.ofNullable(all.get(key)).map(SoftReference::get);
  }

  private static void checkExecutors(SparkSession session, ModelFiles files) throws ModelException {
    if (!session.sparkContext().isLocal()) {
      long heap = session.sparkContext().conf().getSizeAsBytes(EXECUTOR_MEMORY, "1g");
      ModelMemory.checkExecutor(files, heap, EXECUTOR_MEMORY);
    }
  }

  /** Returns the model, opened once per JVM. */
  ScoringModel open() {
    return OpenModels.open(files, digest, scorer.kind());
  }

  /**
   * Returns what scores.
   *
   * @param open as of {@link #open}
   */
  Engine engine(ScoringModel open) {
    return scorer.of(open);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PlannedModel model
        && model.digest.equals(digest)
        && model.scorer == scorer
        && model.modelVersion.equals(modelVersion);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "%s, digest %s".formatted(modelVersion, digest);
  }
}
