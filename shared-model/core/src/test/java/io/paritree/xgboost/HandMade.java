package io.paritree.xgboost;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Model documents written by hand, with parts that tests replace; also a writer of UBJSON. */
final class HandMade {
  /** Two trees of one split each on two features; tests replace parts of it. */
  static final String MODEL =
      """
      {"version":[3,4,0],"learner":{
        "attributes":{"best_iteration":"1"},
        "feature_names":["a","b"],"feature_types":["float","c"],
        "learner_model_param":{"base_score":"[5E-1]","num_class":"0","num_feature":"2",
          "num_target":"1","boost_from_average":"1"},
        "objective":{"name":"reg:squarederror","reg_loss_param":{"scale_pos_weight":"1"}},
        "gradient_booster":{"name":"gbtree","model":{
          "gbtree_model_param":{"num_trees":"2","num_parallel_tree":"1"},
          "tree_info":[0,0],"iteration_indptr":[0,1,2],
          "cats":{"enc":[],"feature_segments":[],"sorted_idx":[]},
          "trees":[
            {"id":0,"tree_param":{"num_nodes":"3","num_feature":"2","num_deleted":"0","size_leaf_vector":"1"},
             "left_children":[1,-1,-1],"right_children":[2,-1,-1],"parents":[2147483647,0,0],
             "split_indices":[0,0,0],"split_conditions":[5E-1,1.25E0,2E0],"default_left":[1,0,0],
             "split_type":[0,0,0],"categories":[],"categories_nodes":[],"categories_segments":[],
             "categories_sizes":[],"base_weights":[0E0,1.25E0,2E0],"loss_changes":[1E0,0E0,0E0],
             "sum_hessian":[2E0,1E0,1E0]},
            {"id":1,"tree_param":{"num_nodes":"3","num_feature":"2","num_deleted":"0","size_leaf_vector":"1"},
             "left_children":[1,-1,-1],"right_children":[2,-1,-1],"parents":[2147483647,0,0],
             "split_indices":[1,0,0],"split_conditions":[1.4E-45,10E0,20E0],"default_left":[0,0,0],
             "split_type":[1,0,0],"categories":[1,3],"categories_nodes":[0],"categories_segments":[0],
             "categories_sizes":[2],"base_weights":[0E0,1E1,2E1],"loss_changes":[1E0,0E0,0E0],
             "sum_hessian":[2E0,1E0,1E0]}
          ]}}}}
      """;

  private HandMade() {}

  /**
   * Returns the model with parts replaced: old, new, old, new and so on; each old one must occur.
   */
  static byte[] with(String... exchanged) {
    String model = MODEL;
    for (int at = 0; at < exchanged.length; at += 2) {
      if (!model.contains(exchanged[at])) {
        throw new IllegalArgumentException("The model has no " + exchanged[at]);
      }

      model = model.replace(exchanged[at], exchanged[at + 1]);
    }

    return model.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Returns the model with a second tree in which each split asks whether feature 1 is the same one
   * category: split k is node 2k - 1, or 0; its left child is node 2k + 1, its right child, a leaf,
   * is node 2k + 2.
   */
  static byte[] withCategoricalPath(int splits, int category) {
    int nodes = 2 * splits + 1;
    int[] left = new int[nodes];
    int[] parents = new int[nodes];
    Arrays.fill(left, -1);
    for (int split = 0; split < splits; split++) {
      int node = Math.max(0, 2 * split - 1);
      left[node] = 2 * split + 1;
      parents[2 * split + 1] = node;
      parents[2 * split + 2] = node;
    }

    IntFunction<Integer> isSplit = node -> left[node] == -1 ? 0 : 1;
    String second = MODEL.substring(MODEL.indexOf("{\"id\":1"), MODEL.lastIndexOf("]}}}}"));
    String path =
        "{\"id\":1,\"tree_param\":{\"num_nodes\":\"%s\",\"num_feature\":\"2\",".formatted(nodes)
            + "\"num_deleted\":\"0\",\"size_leaf_vector\":\"1\"}"
            + array("left_children", nodes, node -> left[node])
            + array("right_children", nodes, node -> left[node] == -1 ? -1 : left[node] + 1)
            + array("parents", nodes, node -> node == 0 ? Integer.MAX_VALUE : parents[node])
            + array("split_indices", nodes, isSplit)
            + array("split_conditions", nodes, node -> node + "E0")
            + array("default_left", nodes, isSplit)
            + array("split_type", nodes, isSplit)
            + array("categories", splits, split -> category)
            + array("categories_nodes", splits, split -> Math.max(0, 2 * split - 1))
            + array("categories_segments", splits, split -> split)
            + array("categories_sizes", splits, split -> 1)
            + array("base_weights", nodes, node -> "0E0")
            + array("loss_changes", nodes, node -> "0E0")
            + array("sum_hessian", nodes, node -> "1E0")
            + "}\n";
    return with(second, path);
  }

  private static String array(String key, int size, IntFunction<?> element) {
    return IntStream.range(0, size)
        .mapToObj(element)
        .map(String::valueOf)
        .collect(Collectors.joining(",", ",\"" + key + "\":[", "]"));
  }

  /** Writes UBJSON in the subset of XGBoost, token by token. */
  static final class Ubjson {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    Ubjson raw(String markers) throws IOException {
      out.write(markers.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    Ubjson key(String key) throws IOException {
      byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
      out.write('L');
      out.writeLong(utf8.length);
      out.write(utf8);
      return this;
    }

    Ubjson text(String text) throws IOException {
      out.write('S');
      return key(text);
    }

    Ubjson length(long length) throws IOException {
      out.write('L');
      out.writeLong(length);
      return this;
    }

    Ubjson int64(long value) throws IOException {
      out.writeLong(value);
      return this;
    }

    Ubjson int32(int value) throws IOException {
      out.writeInt(value);
      return this;
    }

    byte[] toBytes() {
      return bytes.toByteArray();
    }
  }
}
