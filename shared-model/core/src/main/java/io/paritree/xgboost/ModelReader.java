package io.paritree.xgboost;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks through a model document and keeps what scoring needs. {@link ModelCheck} checks it, {@link
 * XgboostModel} makes the model.
 *
 * <p>Keys may come in any order, and keys that scoring does not need are ignored. So the same code
 * reads all versions from 1.0 on.
 */
final class ModelReader {
  private final ModelDocument document;

  final List<Integer> version = new ArrayList<>();
  final Map<String, String> attributes = new HashMap<>();
  final List<String> featureNames = new ArrayList<>();
  final List<String> featureTypes = new ArrayList<>();
  boolean hasAttributes;
  boolean hasTrainingParameters;
  boolean hasParameters;

  float[] baseScores;
  int features;
  int classes;
  int targets = 1;
  boolean boostFromAverage = true;

  String objective;
  String booster;

  boolean hasModel;
  final List<Tree> trees = new ArrayList<>();
  boolean hasVectorsByNode;

  /** Names the first tree that lacks an array that only libxgboost needs; null if no tree does. */
  String missingForNative;

  /** The total bits of the sets that libxgboost makes of lists of categories. */
  long categoryBits;

  int declaredTrees = -1;
  int parallelTrees = 1;
  int[] treeInfo;
  int[] iterationStarts;
  float[] dartWeights;
  boolean hasCategories;
  List<RecordedCategories> categories = List.of();
  float[] linearWeights;
  boolean hasLinearRounds;
  int linearRounds;

  ModelReader(ModelDocument document) {
    this.document = document;
  }

  void read() throws ModelException {
    boolean hasLearner = false;
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      switch (key) {
        case "version" -> readVersion();
        case "learner" -> {
          readLearner();
          hasLearner = true;
        }
        case "Config", "Model" ->
            throw new UnsupportedModelException(
                "Cannot read the model: it is a memory snapshot of a booster, as pickle writes it;"
                    + " load the pickle and call Booster.save_model(\"model.ubj\")");
        case "tree_info", "num_tree_per_iteration" -> throw foreign("LightGBM");
        case "oblivious_trees", "features_info", "scale_and_bias" -> throw foreign("CatBoost");
        default -> document.skip();
      }
    }

    document.end();
    categories = CategoriesReader.of(categories, version); // the version may come last
    if (!hasLearner) {
      throw document.corrupt("key 'learner' is missing, so this is not an XGBoost model");
    }
  }

  private static UnsupportedModelException foreign(String tool) {
    return new UnsupportedModelException("Cannot read the model: " + ModelFormat.foreign(tool));
  }

  private void readVersion() throws CorruptModelException {
    for (int number : document.ints()) {
      version.add(number);
    }
  }

  private void readLearner() throws ModelException {
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      switch (key) {
        case "attributes" -> {
          hasAttributes = true;
          document.beginObject();
          for (String name = document.nextKey(); name != null; name = document.nextKey()) {
            attributes.put(name, document.text());
          }
        }
        case "feature_names" -> readTexts(featureNames);
        case "feature_types" -> readTexts(featureTypes);
        case "learner_model_param" -> readParameters();
        case "objective" -> readObjective();
        case "gradient_booster" -> readBooster();
        case "learner_train_param" -> {
          hasTrainingParameters = true;
          document.skip();
        }
        default -> document.skip();
      }
    }
  }

  private void readTexts(List<String> texts) throws CorruptModelException {
    document.beginArray();
    while (document.nextElement()) {
      texts.add(document.text());
    }
  }

  private void readParameters() throws CorruptModelException {
    hasParameters = true;
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      switch (key) {
        case "base_score" -> baseScores = Parameters.floats(document, key);
        case "num_feature" -> features = Parameters.integer(document, key, 0);
        case "num_class" -> classes = Parameters.integer(document, key, 0);
        case "num_target" -> targets = Parameters.integer(document, key, 0);
        case "boost_from_average" -> boostFromAverage = Parameters.integer(document, key, 0) != 0;
        default -> document.skip();
      }
    }
  }

  private void readObjective() throws CorruptModelException {
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      if (key.equals("name")) {
        objective = document.text();
      } else {
        document.skip();
      }
    }
  }

  /** Reads a booster. In files of XGBoost 3.2 and older, a DART booster contains a tree booster. */
  private void readBooster() throws ModelException {
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      switch (key) {
        case "name" -> {
          String name = document.text();
          booster = "dart".equals(booster) ? booster : name;
        }
        case "gbtree" -> {
          readBooster();
          booster = "dart";
        }
        case "model" -> readModel();
        case "weight_drop" -> readDartWeights();
        default -> document.skip();
      }
    }
  }

  /** Reads the weights of trees; an empty list counts as none, as in libxgboost. */
  private void readDartWeights() throws CorruptModelException {
    if (dartWeights != null) {
      throw document.corrupt("weight_drop occurs twice");
    }

    float[] weights = document.floats();
    dartWeights = weights.length == 0 ? null : weights;
  }

  private void readModel() throws ModelException {
    if (hasModel) {
      throw document.corrupt("gradient_booster holds two models");
    }

    hasModel = true;
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      switch (key) {
        case "gbtree_model_param" -> readTreeParameters();
        case "trees" -> readTrees();
        case "tree_info" -> treeInfo = document.ints();
        case "iteration_indptr" -> iterationStarts = document.ints();
        case "weight_drop" -> readDartWeights();
        case "cats" -> {
          categories = CategoriesReader.read(document);
          hasCategories = true;
        }
        case "weights" -> linearWeights = document.floats();
        case "boosted_rounds" -> {
          linearRounds = rounds(document.integer());
          hasLinearRounds = true;
        }
        default -> document.skip();
      }
    }
  }

  private int rounds(long value) throws CorruptModelException {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw document.corrupt("boosted_rounds is %s, expected 0 or more".formatted(value));
    }

    return (int) value;
  }

  private void readTreeParameters() throws CorruptModelException {
    document.beginObject();
    for (String key = document.nextKey(); key != null; key = document.nextKey()) {
      switch (key) {
        case "num_trees" -> declaredTrees = Parameters.integer(document, key, 0);
        case "num_parallel_tree" -> parallelTrees = Parameters.integer(document, key, 0);
        default -> document.skip();
      }
    }
  }

  private void readTrees() throws CorruptModelException {
    document.beginArray();
    while (document.nextElement()) {
      TreeReader tree = new TreeReader(document, trees.size());
      trees.add(tree.read());
      hasVectorsByNode |= tree.hasVectorsByNode();
      categoryBits += tree.categoryBits();
      if (missingForNative == null && tree.missingForNative() != null) {
        missingForNative = "tree %s has no %s".formatted(trees.size() - 1, tree.missingForNative());
      }
    }
  }

  CorruptModelException corrupt(String what, Object... words) {
    Object[] printable = new Object[words.length];
    for (int at = 0; at < words.length; at++) {
      printable[at] = words[at] instanceof String text ? Fault.printable(text) : words[at];
    }

    return new CorruptModelException("Cannot read the model: " + what.formatted(printable));
  }
}
