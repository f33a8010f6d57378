package io.paritree.model;

import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.model.manifest.Outputs;

/**
 * A model that has been verified and scores: the schema that makes slots, the engine that scores
 * them, and what the outputs mean.
 *
 * <p>There is no other way to one than {@link Opening}, so whoever holds one holds a package that
 * is whole, whose schema fits its forest, and whose golden rows came out bit by bit. Immutable and
 * thread-safe; holds no file and no thread, and needs no closing.
 */
public final class ScoringModel {
  private final String name;
  private final String modelVersion;
  private final String digest;
  private final boolean sealed;
  private final Schema schema;
  private final Outputs outputs;
  private final ModelCard card;
  private final Engine engine;

  ScoringModel(
      String name,
      String modelVersion,
      String digest,
      boolean sealed,
      Schema schema,
      Outputs outputs,
      ModelCard card,
      Engine engine) {
    this.name = name;
    this.modelVersion = modelVersion;
    this.digest = digest;
    this.sealed = sealed;
    this.schema = schema;
    this.outputs = outputs;
    this.card = card;
    this.engine = engine;
  }

  /** Returns the model's name; for an unsealed one, the name of its file or directory. */
  public String name() {
    return name;
  }

  /** Returns {@code name/version}, or {@code unsealed:} and 12 digits of the digest. */
  public String modelVersion() {
    return modelVersion;
  }

  /** Returns the package's SHA-256, or that of an unsealed model's file; 64 hexadecimal digits. */
  public String digest() {
    return digest;
  }

  /** Returns whether the model comes from a sealed package; nothing vouches for an unsealed one. */
  public boolean sealed() {
    return sealed;
  }

  /** Returns the features, in model order. */
  public Schema schema() {
    return schema;
  }

  /** Returns what the scores are called and mean. */
  public Outputs outputs() {
    return outputs;
  }

  /** Returns what else the model says of itself. */
  public ModelCard card() {
    return card;
  }

  /** Returns the engine; its width is the schema's, its scores are as many as the output names. */
  public Engine engine() {
    return engine;
  }
}
