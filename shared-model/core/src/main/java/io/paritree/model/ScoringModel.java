package io.paritree.model;

import io.paritree.PublicApi;
import io.paritree.UnsupportedModelException;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.forest.ForestShape;
import io.paritree.forest.SplitValues;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.manifest.Outputs;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.profile.ProfileForm;
import java.util.List;
import java.util.Map;

/**
 * A verified model, ready to score: the schema that turns records into slots, the engine that
 * scores them, and the meaning of the outputs.
 *
 * <p>Only {@link Opening} creates one. So the schema fits the forest. If the model is sealed, its
 * package is complete and unchanged, and its golden rows were reproduced bit by bit. Immutable and
 * thread-safe; holds no file and no thread, and need not be closed.
 */
@PublicApi
public final class ScoringModel {
  private final String name;
  private final String modelVersion;
  private final String digest;
  private final boolean sealed;
  private final Schema schema;
  private final List<ReasonRule> reasonRules;
  private final Outputs outputs;
  private final ModelCard card;
  private final Engine engine;
  final Explanations explanations;

  ScoringModel(
      String name,
      String modelVersion,
      String digest,
      boolean sealed,
      Schema schema,
      List<ReasonRule> reasonRules,
      Outputs outputs,
      ModelCard card,
      Engine engine,
      Explanations explanations) {
    this.name = name;
    this.modelVersion = modelVersion;
    this.digest = digest;
    this.sealed = sealed;
    this.schema = schema;
    this.reasonRules = reasonRules;
    this.outputs = outputs;
    this.card = card;
    this.engine = engine;
    this.explanations = explanations;
  }

  /** Returns the model's name; for an unsealed one, the name of its file or directory. */
  public String name() {
    return name;
  }

  /** Returns {@code name/version}, or {@code unsealed:} and 12 digits of the digest. */
  public String modelVersion() {
    return modelVersion;
  }

  /**
   * Returns the package's SHA-256; for an unsealed model, a digest of its file and of all else that
   * its scores depend on, such as the signature of an MLflow directory. 64 hexadecimal digits.
   */
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

  /** Returns what the package says of each feature as a reason, in model order. */
  public List<ReasonRule> reasonRules() {
    return reasonRules;
  }

  /** Returns what the scores are called and mean. */
  public Outputs outputs() {
    return outputs;
  }

  /** Returns what else is known of the model. */
  public ModelCard card() {
    return card;
  }

  /** Returns the engine; it has the schema's width, and one score per output name. */
  public Engine engine() {
    return engine;
  }

  /**
   * Returns the plain loops over trees that say what the engine computes, for the same rounds. It
   * is slower, has nothing of what makes engines fast, and never uses libxgboost.
   */
  public Engine specification() {
    return explanations.forest();
  }

  /**
   * Returns what computes the contributions of the margins, for the same rounds as the engine. It
   * is made when it is asked for first, which takes time and memory; a model that is only scored
   * needs neither. It never uses libxgboost.
   *
   * @throws UnsupportedModelException if the model file has no covers, or impossible ones; the
   *     message says where
   */
  public Explainer explainer(ContributionMode mode) throws UnsupportedModelException {
    return explanations.get(mode);
  }

  /**
   * Returns the values at which the margins can change, of the same rounds as the engine. They are
   * read when they are asked for first.
   */
  public SplitValues splits() {
    return explanations.splits();
  }

  /** Returns how large the model is, of the same rounds as the engine. */
  public ForestShape shape() {
    return explanations.shape();
  }

  /**
   * Returns what is counted of rows that are compared with the model's reference: the bins are the
   * reference's. Makes the {@link #explainer} of the fast mode, if there can be one.
   */
  public ProfileForm profileForm() {
    return profileForm(explainedMargins());
  }

  /** Returns what is counted of rows that are not explained; needs no explainer. */
  public ProfileForm unexplainedProfileForm() {
    return profileForm(0);
  }

  private ProfileForm profileForm(int margins) {
    ProfileForms forms = new ProfileForms(schema, outputs);
    return card.reference()
        .map(reference -> forms.of(reference, margins))
        .orElseGet(() -> forms.of(Map.of(), margins));
  }

  /** Returns of how many margins contributions are counted: all or none. */
  private int explainedMargins() {
    try {
      return ProfileForm.countedMargins(schema.modelWidth(), engine.outputs()) == 0
          ? 0
          : explainer(ContributionMode.FAST).outputs();
    } catch (UnsupportedModelException e) {
      return 0;
    }
  }
}
