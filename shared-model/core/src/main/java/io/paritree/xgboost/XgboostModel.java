package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import io.paritree.forest.Transform;
import io.paritree.forest.Tree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An XGBoost model as its file describes it, checked completely. Files of all versions from 1.0 to
 * 3.4 are read, in JSON or UBJSON.
 *
 * <p>Immutable and thread-safe. Source of the format: {@code doc/tutorials/saving_model.rst} and
 * the loaders of XGBoost 3.4.0.
 */
public final class XgboostModel {
  /** The bytes by which the format of a file is recognised. */
  private static final int START = 1 << 16;

  /** Limited because libxgboost finds the depth of a tree by recursion on the caller's stack. */
  private static final int MAX_NATIVE_DEPTH = 1_000;

  /**
   * Allows 256 MiB in all. libxgboost makes a bit set of each list of categories, as long as the
   * largest category, so a file of some kilobytes can require this much.
   */
  private static final long MAX_NATIVE_CATEGORY_BITS = 1L << 31;

  private final int width;
  private final List<String> featureNames;
  private final List<String> featureTypes;

  /** By feature that has categorical splits: the largest category that they list. */
  private final Map<Integer, Integer> largestCodes;

  private final List<RecordedCategories> categories;
  private final Map<String, String> attributes;
  private final String objective;
  private final String booster;
  private final List<Integer> version;
  private final float[] baseMargins;
  private final Optional<Float> boundedBaseScore;
  private final List<Tree> trees;
  private final int[] outputOf;
  private final int[] roundStarts;
  private final float[] dartWeights;
  private final float[] linearWeights;
  private final int linearRounds;
  private final int parallelTrees;
  private final boolean hasVectorsByNode;
  private final String missingForNative;
  private final long categoryBits;

  private XgboostModel(ModelReader read, ModelCheck check) throws CorruptModelException {
    this.width = read.features;
    this.featureNames = List.copyOf(read.featureNames);
    this.featureTypes = List.copyOf(read.featureTypes);
    this.categories = read.categories;
    this.attributes = Map.copyOf(read.attributes);
    this.objective = read.objective;
    this.version = List.copyOf(read.version);
    this.baseMargins = check.baseMargins();
    this.boundedBaseScore = check.boundedBaseScore();
    this.trees = List.copyOf(read.trees);
    this.linearWeights = read.booster.equals("gblinear") ? read.linearWeights : null;
    this.linearRounds = read.linearRounds;
    this.dartWeights = read.dartWeights;
    this.booster = read.booster.equals("gbtree") && dartWeights != null ? "dart" : read.booster;
    this.outputOf = linearWeights == null ? read.treeInfo : new int[0];
    this.roundStarts = linearWeights == null ? check.roundStarts() : new int[1];
    this.parallelTrees = Math.max(1, read.parallelTrees);
    this.hasVectorsByNode = read.hasVectorsByNode;
    this.missingForNative = read.missingForNative;
    this.categoryBits = read.categoryBits;
    this.largestCodes = new HashMap<>();
    trees.forEach(tree -> tree.addLargestCategories(largestCodes));
  }

  /**
   * Reads a model file, recognised by its content.
   *
   * @param file the whole file; not kept
   * @throws io.paritree.UnsupportedModelException if it is a form or kind of model that is not
   *     scored; the message names it and says what to do
   * @throws CorruptModelException if it is damaged or contradicts itself; the message says where
   */
  public static XgboostModel read(byte[] file) throws ModelException {
    if (ModelFormat.of(file) == ModelFormat.JSON) {
      return read(new JsonModelDocument(file), file.length);
    }

    return read(new UbjsonModelDocument(new ByteArrayInputStream(file), file.length), file.length);
  }

  /**
   * Reads a model file like {@link #read(byte[])}. A file in UBJSON is never in memory as a whole.
   *
   * @param in the file from its first byte on, read to its end; the caller closes it
   * @param size its number of bytes
   * @throws IOException if it cannot be read
   */
  public static XgboostModel read(InputStream in, int size) throws ModelException, IOException {
    byte[] start = in.readNBytes(Math.min(size, START));
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(start), in);
    if (ModelFormat.of(start) == ModelFormat.JSON) {
      byte[] file = new byte[size];
      int bytes = whole.readNBytes(file, 0, size);
      return read(new JsonModelDocument(bytes < size ? Arrays.copyOf(file, bytes) : file), size);
    }

    try {
      return read(new UbjsonModelDocument(whole, size), size);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static XgboostModel read(ModelDocument document, int size) throws ModelException {
    ModelReader reader = new ModelReader(document);
    reader.read();
    ModelCheck check = new ModelCheck(reader, size);
    check.run();
    return new XgboostModel(reader, check);
  }

  /** Returns the number of slots of a row. */
  public int width() {
    return width;
  }

  /** Returns the names of the features, in slot order, if the file has them. */
  public Optional<List<String>> featureNames() {
    return featureNames.isEmpty() ? Optional.empty() : Optional.of(featureNames);
  }

  /**
   * Returns the types of the features, in slot order, if the file has them: {@code float}, {@code
   * int}, {@code i} (boolean), {@code q} (number), {@code c} (category).
   */
  public Optional<List<String>> featureTypes() {
    return featureTypes.isEmpty() ? Optional.empty() : Optional.of(featureTypes);
  }

  /** Returns whether a feature's slot is the code of a category. */
  public boolean categorical(int feature) {
    return largestCodes.containsKey(feature)
        || (!featureTypes.isEmpty() && featureTypes.get(feature).equals("c"))
        || categories(feature).isPresent();
  }

  /**
   * Returns the categories of a feature in code order, if the file has them (3.1 and later); empty
   * for a feature that the model does not have.
   */
  public Optional<RecordedCategories> categories(int feature) {
    return feature < categories.size()
        ? Optional.ofNullable(categories.get(feature))
        : Optional.empty();
  }

  /** Returns the thresholds of the numeric splits per feature, ascending, each once. */
  public float[][] thresholds() {
    int[] counts = new int[width];
    forEachThreshold((feature, threshold) -> counts[feature]++);
    float[][] byFeature = new float[width][];
    for (int feature = 0; feature < width; feature++) {
      byFeature[feature] = new float[counts[feature]];
    }

    forEachThreshold((feature, threshold) -> byFeature[feature][--counts[feature]] = threshold);
    for (int feature = 0; feature < width; feature++) {
      byFeature[feature] = distinct(byFeature[feature]);
    }

    return byFeature;
  }

  /** Nodes that no path reaches may name features that do not exist. */
  private void forEachThreshold(Tree.ThresholdSink sink) {
    for (Tree tree : trees) {
      tree.forEachThreshold(
          (feature, threshold) -> {
            if (feature < width) {
              sink.accept(feature, threshold);
            }
          });
    }
  }

  private static float[] distinct(float[] values) {
    Arrays.sort(values);
    int count = 0;
    for (float value : values) {
      if (count == 0 || Float.compare(values[count - 1], value) != 0) {
        values[count++] = value;
      }
    }

    return Arrays.copyOf(values, count);
  }

  /** Returns the largest category code that a split on a feature names; -1 if none names one. */
  public int largestCode(int feature) {
    return largestCodes.getOrDefault(feature, -1);
  }

  /** Returns the model's attributes, such as {@code best_iteration}. */
  public Map<String, String> attributes() {
    return attributes;
  }

  /** Returns XGBoost's name of the objective, such as {@code binary:logistic}. */
  public String objective() {
    return objective;
  }

  /** Returns {@code gbtree}, {@code dart} or {@code gblinear}. */
  public String booster() {
    return booster;
  }

  /** Returns whether it is {@code gblinear}, which is always used as a whole. */
  public boolean isLinear() {
    return linearWeights != null;
  }

  /** Returns the version of XGBoost that wrote the file: major, minor, patch; empty if unknown. */
  public List<Integer> version() {
    return version;
  }

  /**
   * Returns the first base score that is a probability outside of [1e-6, 1 - 1e-6], and is moved to
   * the nearest of these before it becomes a margin, as XGBoost does since 3.2.
   */
  public Optional<Float> boundedBaseScore() {
    return boundedBaseScore;
  }

  /** Returns the number of boosting rounds. */
  public int rounds() {
    return linearWeights == null ? roundStarts.length - 1 : linearRounds;
  }

  /** Returns the number of margins of a row. */
  public int outputs() {
    return baseMargins.length;
  }

  /** Returns the number of trees. */
  public int trees() {
    return trees.size();
  }

  /** Returns the number of trees that each round adds to each output. */
  int parallelTrees() {
    return parallelTrees;
  }

  /** Returns how many trees the rounds of a range have. */
  private int treesOf(Rounds range) throws CorruptModelException {
    int end = range.isOpen() ? rounds() : range.end();
    if (end > rounds() || (end < rounds() && linearWeights != null)) {
      throw new CorruptModelException(
          "Cannot use rounds [0, %s) of the model: it has %s%s"
              .formatted(
                  end,
                  rounds(),
                  linearWeights == null ? "" : ", and a linear booster is always used as a whole"));
    }

    return linearWeights == null ? roundStarts[end] : 0;
  }

  /**
   * Returns the specification of how the model scores; {@link Forest#fast} returns the fast engine.
   *
   * @throws CorruptModelException if the model has no such rounds
   */
  public Forest forest(Rounds range) throws CorruptModelException {
    List<Tree> first = trees.subList(0, treesOf(range));
    return linearWeights == null
        ? forestOf(first)
        : Forest.linear(width, baseMargins, linearWeights, transform());
  }

  /** Returns a forest of the first trees, or of trees that take their places. */
  private Forest forestOf(List<Tree> first) {
    int[] outputs = Arrays.copyOf(outputOf, first.size());
    float[] weights = dartWeights == null ? null : Arrays.copyOf(dartWeights, first.size());
    return Forest.of(width, baseMargins, first, outputs, weights, transform());
  }

  private Transform transform() {
    return Objective.find(objective).orElseThrow().transform();
  }

  /**
   * Returns how libxgboost scores a DART model by inplace prediction: each tree's weight is added
   * to the base margin and taken off again before its factor is applied, which rounds it. Empty for
   * other boosters, and for trees with leaf vectors.
   *
   * @throws CorruptModelException if the model has no such rounds
   */
  public Optional<Forest> dartInplace(Rounds range) throws CorruptModelException {
    if (dartWeights == null || trees.stream().anyMatch(tree -> tree.outputs() > 1)) {
      return Optional.empty();
    }

    int end = treesOf(range);
    List<Tree> rounded = new ArrayList<>();
    for (int index = 0; index < end; index++) {
      float base = baseMargins[outputOf[index]];
      rounded.add(trees.get(index).withWeights(weight -> (base + weight) - base));
    }

    return Optional.of(forestOf(rounded));
  }

  /**
   * Returns whether each node has a row of leaf weights, as in files of XGBoost 2.0 to 3.1, which
   * later versions cannot read.
   */
  public boolean hasVectorsByNode() {
    return hasVectorsByNode;
  }

  /** Returns why libxgboost cannot score this model; empty if it can. */
  Optional<String> notForNative() {
    if (hasVectorsByNode) {
      return Optional.of("it stores its leaf vectors as XGBoost 2.0 to 3.1 did");
    }

    if (missingForNative != null) {
      return Optional.of(missingForNative);
    }

    if (categoryBits > MAX_NATIVE_CATEGORY_BITS) {
      return Optional.of(
          "its splits need category sets of %s bits in all, more than %s"
              .formatted(categoryBits, MAX_NATIVE_CATEGORY_BITS));
    }

    for (int index = 0; index < trees.size(); index++) {
      Tree tree = trees.get(index);
      if (!tree.hasAdjacentChildren()) {
        return Optional.of(
            "tree %s has right children that are not next to the left ones".formatted(index));
      }

      if (tree.depth() > MAX_NATIVE_DEPTH) {
        return Optional.of(
            "tree %s has a path of %s splits, more than %s"
                .formatted(index, tree.depth(), MAX_NATIVE_DEPTH));
      }
    }

    return Optional.empty();
  }
}
