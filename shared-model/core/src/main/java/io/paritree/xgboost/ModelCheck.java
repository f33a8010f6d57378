package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Tree;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Checks that the parts of a model document agree with each other:
 *
 * <ul>
 *   <li>The model has {@code attributes}, {@code learner_model_param}, an objective with a name,
 *       and a booster with a name and a model. Objective and booster are known.
 *   <li>It has {@code iteration_indptr} from version 2.0 on, {@code cats} from 3.1 on and, if
 *       leaves are vectors, {@code leaf_weights} from 3.2 on; a linear booster has {@code
 *       boosted_rounds} from 1.6 on.
 *   <li>{@code num_class} and {@code num_target} are not both above 1. The larger one, at least 1,
 *       is the number of outputs; it is at most the number of bytes of the file. An objective
 *       {@code multi:*} has a {@code num_class} of at least 1 and no {@code num_target} above 1.
 *   <li>{@code base_score} has one value, or one per output. It is a probability for {@code
 *       binary:logistic} and {@code reg:logistic}. No base margin is NaN; with {@code reg:gamma}
 *       all are finite.
 *   <li>{@code feature_names}, {@code feature_types} and {@code cats.enc} each have {@code
 *       num_feature} entries, or none.
 *   <li>{@code num_trees} is the number of trees. {@code tree_info} has one entry per tree. {@code
 *       weight_drop} has one finite number per tree, or none; a DART booster with trees has it.
 *   <li>A tree splits only on features below {@code num_feature}, and its {@code tree_info} is the
 *       index of an output. A leaf has one weight, or one per output.
 *   <li>If there are trees and no leaf has several weights, there are at most as many outputs as
 *       trees, or {@value #MAX_OUTPUTS_OF_FEW_TREES} if that is more.
 *   <li>{@code iteration_indptr} begins with 0, never decreases, and ends with the number of trees.
 *       Without it, the number of trees is a multiple of {@code num_parallel_tree} (at least 1) *
 *       (the largest {@code tree_info} + 1).
 *   <li>A linear booster has ({@code num_feature} + 1) * outputs weights, all finite.
 * </ul>
 *
 * <p>The content of one tree is checked where it is read, by {@link TreeReader}, {@link
 * CategoryLists} and {@link Tree}.
 */
record ModelCheck(ModelReader read, int fileBytes) {
  private static final int MAX_OUTPUTS_OF_FEW_TREES = 1_000;

  /** Fails on the first rule that the model breaks. */
  void run() throws ModelException {
    if (read.hasTrainingParameters && !read.hasModel) {
      throw new UnsupportedModelException(
          "Cannot read the model: it looks like the parameters of a booster, as Booster.save_config"
              + " returns them, without the model; use Booster.save_model(\"model.ubj\")");
    }

    if (!read.hasAttributes
        || !read.hasParameters
        || read.objective == null
        || read.booster == null
        || !read.hasModel) {
      throw read.corrupt(
          "one of attributes, learner_model_param, objective and gradient_booster is missing,"
              + " or has no name or model");
    }

    if (Objective.find(read.objective).isEmpty()) {
      throw new UnsupportedModelException(
          "Cannot score the model: its objective '%s' is not known; known are %s"
              .formatted(Fault.printable(read.objective), Objective.names()));
    }

    checkOutputs();
    checkFeatures();
    switch (read.booster) {
      case "gbtree", "dart" -> {
        checkKeysOfTrees();
        checkTrees();
      }
      case "gblinear" -> {
        checkKey("boosted_rounds", read.hasLinearRounds, 1, 6);
        checkLinear();
      }
      default ->
          throw new UnsupportedModelException(
              "Cannot score the model: its booster '%s' is not known; known are gbtree, dart and"
                      .formatted(Fault.printable(read.booster))
                  + " gblinear");
    }
  }

  /** Without these keys the file would be read, but otherwise than its trainer wrote it. */
  private void checkKeysOfTrees() throws CorruptModelException {
    checkKey("iteration_indptr", read.iterationStarts != null, 2, 0);
    checkKey("cats", read.hasCategories, 3, 1);
    checkKey("leaf_weights", !read.hasVectorsByNode, 3, 2);
  }

  private void checkKey(String key, boolean isThere, int major, int minor)
      throws CorruptModelException {
    List<Integer> version = read.version;
    boolean isNewer =
        version.size() >= 2
            && (version.get(0) > major || version.get(0) == major && version.get(1) >= minor);
    if (isNewer && !isThere) {
      throw read.corrupt(
          "it says that XGBoost %s.%s wrote it, but has no %s, which every version from %s.%s on"
              + " writes; it was changed",
          version.get(0), version.get(1), key, major, minor);
    }
  }

  private void checkOutputs() throws CorruptModelException {
    if (read.classes > 1 && read.targets > 1) {
      throw read.corrupt(
          "num_class is %s and num_target is %s, but one of them must be 1",
          read.classes, read.targets);
    }

    if (outputs() > fileBytes) {
      throw read.corrupt(
          "it has %s outputs, more than a file of %s bytes can hold", outputs(), fileBytes);
    }

    if (read.baseScores == null) {
      throw read.corrupt("learner_model_param has no base_score");
    }

    int scores = read.baseScores.length;
    if (scores != 1 && scores != outputs()) {
      throw read.corrupt("base_score has %s values, expected 1 or %s", scores, outputs());
    }

    boolean isClassifier = read.objective.startsWith("multi:");
    if (isClassifier && read.classes < 1) {
      throw read.corrupt("num_class is 0, but the objective is '%s'", read.objective);
    }

    if (isClassifier && read.targets > 1) {
      throw read.corrupt(
          "num_target is %s, but the objective is '%s'", read.targets, read.objective);
    }

    checkBase();
  }

  private void checkBase() throws CorruptModelException {
    boolean isProbability =
        read.objective.equals("binary:logistic") || read.objective.equals("reg:logistic");
    for (float score : read.baseScores) {
      if (isProbability && !(score >= 0f && score <= 1f)) {
        throw read.corrupt("base_score is %s, expected a probability", score);
      }
    }

    boolean isGamma = read.objective.equals("reg:gamma"); // the others allow a base score of 0
    for (float margin : baseMargins()) {
      if (Float.isNaN(margin) || isGamma && Float.isInfinite(margin)) {
        throw read.corrupt(
            "base_score %s is not possible with the objective '%s'",
            Arrays.toString(Arrays.copyOf(read.baseScores, Math.min(8, read.baseScores.length))),
            read.objective);
      }
    }
  }

  private void checkFeatures() throws CorruptModelException {
    checkNumberOf("feature_names", read.featureNames.size());
    checkNumberOf("feature_types", read.featureTypes.size());
    checkNumberOf("cats.enc", read.categories.size());
  }

  private void checkNumberOf(String what, int size) throws CorruptModelException {
    if (size != 0 && size != read.features) {
      throw read.corrupt("%s has %s entries, but num_feature is %s", what, size, read.features);
    }
  }

  private void checkTrees() throws CorruptModelException {
    int trees = read.trees.size();
    if (read.treeInfo == null || read.treeInfo.length != trees) {
      throw read.corrupt(
          "tree_info has %s entries, but there are %s trees",
          read.treeInfo == null ? 0 : read.treeInfo.length, trees);
    }

    if (read.declaredTrees != trees) {
      throw read.corrupt("num_trees is %s, but there are %s trees", read.declaredTrees, trees);
    }

    if (read.dartWeights != null && read.dartWeights.length != trees) {
      throw read.corrupt(
          "weight_drop has %s entries, but there are %s trees", read.dartWeights.length, trees);
    }

    if (read.booster.equals("dart") && read.dartWeights == null && trees > 0) {
      throw read.corrupt("the booster is dart, but there is no weight_drop");
    }

    if (read.dartWeights != null) {
      for (float weight : read.dartWeights) {
        if (!Float.isFinite(weight)) {
          throw read.corrupt("weight_drop holds %s, expected finite numbers", weight);
        }
      }
    }

    for (int index = 0; index < trees; index++) {
      checkTree(index, read.trees.get(index));
    }

    checkOutputsOfTrees();
    checkRounds();
  }

  /** Otherwise a short file could require any number of sums per row. */
  private void checkOutputsOfTrees() throws CorruptModelException {
    int trees = read.trees.size();
    boolean hasVectors = read.trees.stream().anyMatch(tree -> tree.outputs() > 1);
    if (outputs() > Math.max(MAX_OUTPUTS_OF_FEW_TREES, trees) && trees > 0 && !hasVectors) {
      throw read.corrupt(
          "it has %s outputs, but only %s trees, each of which adds to one of them",
          outputs(), trees);
    }
  }

  private void checkTree(int index, Tree tree) throws CorruptModelException {
    if (tree.maxFeature() >= read.features) {
      throw read.corrupt(
          "tree %s splits on feature %s, but num_feature is %s",
          index, tree.maxFeature(), read.features);
    }

    if (tree.outputs() > 1 && tree.outputs() != outputs()) {
      throw read.corrupt(
          "tree %s has leaves of %s weights, but there are %s outputs",
          index, tree.outputs(), outputs());
    }

    if (read.treeInfo[index] < 0 || read.treeInfo[index] >= outputs()) {
      throw read.corrupt(
          "tree %s belongs to output %s, but there are %s outputs",
          index, read.treeInfo[index], outputs());
    }
  }

  private void checkRounds() throws CorruptModelException {
    int[] starts = roundStarts();
    int before = 0;
    for (int start : starts) {
      if (start < before) {
        throw read.corrupt("iteration_indptr goes from %s to %s", before, start);
      }

      before = start;
    }

    if (starts.length == 0 || starts[0] != 0 || before != read.trees.size()) {
      throw read.corrupt(
          "the rounds end at tree %s, but there are %s trees", before, read.trees.size());
    }
  }

  /** Returns the first tree of each round, then the number of trees. */
  int[] roundStarts() throws CorruptModelException {
    if (read.iterationStarts != null) {
      return read.iterationStarts;
    }

    int groups = 1;
    for (int group : read.treeInfo) {
      groups = Math.max(groups, group + 1);
    }

    long layer = (long) Math.max(1, read.parallelTrees) * groups;
    if (read.trees.size() % layer != 0) {
      throw read.corrupt(
          "it has %s trees, which do not make whole rounds of %s", read.trees.size(), layer);
    }

    int[] starts = new int[(int) (read.trees.size() / layer) + 1];
    for (int round = 0; round < starts.length; round++) {
      starts[round] = (int) (round * layer);
    }

    return starts;
  }

  private void checkLinear() throws CorruptModelException {
    long expected = (read.features + 1L) * outputs();
    if (read.linearWeights == null || read.linearWeights.length != expected) {
      throw read.corrupt(
          "the linear booster has %s weights, expected (%s features + 1) * %s outputs",
          read.linearWeights == null ? 0 : read.linearWeights.length, read.features, outputs());
    }

    for (float weight : read.linearWeights) {
      if (!Float.isFinite(weight)) {
        throw read.corrupt("a linear weight is %s, expected a finite number", weight);
      }
    }
  }

  int outputs() {
    return Math.max(1, Math.max(read.classes, read.targets));
  }

  /** Returns the margin that each output begins with; in a linear booster all have the same. */
  float[] baseMargins() {
    Objective objective = Objective.find(read.objective).orElseThrow();
    float[] scores =
        read.baseScores.length == outputs() ? read.baseScores : replicated(read.baseScores[0]);
    float[] margins = isUntrained() ? scores.clone() : objective.margins(scores);
    return isLinear() ? replicated(margins[0]) : margins;
  }

  private boolean isLinear() {
    return "gblinear".equals(read.booster);
  }

  private boolean isUntrained() {
    // XGBoost before 1.5.2 did not write the rounds of a linear booster: libxgboost then assumes 0.
    boolean hasNoRound = isLinear() ? read.linearRounds == 0 : read.trees.isEmpty();
    return hasNoRound && read.boostFromAverage;
  }

  /** Returns the first base score that is moved into its bounds before it becomes a margin. */
  Optional<Float> boundedBaseScore() {
    Objective objective = Objective.find(read.objective).orElseThrow();
    for (float score : read.baseScores) {
      if (!isUntrained() && objective.bounded(score) != score) {
        return Optional.of(score);
      }
    }

    return Optional.empty();
  }

  private float[] replicated(float value) {
    float[] values = new float[outputs()];
    Arrays.fill(values, value);
    return values;
  }
}
