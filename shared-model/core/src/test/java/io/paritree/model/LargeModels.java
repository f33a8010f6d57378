package io.paritree.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Models of several megabytes, made in no time. */
public final class LargeModels {
  private static final String TREE =
      """
      {"id":%s,"tree_param":{"num_nodes":"3","num_feature":"1","num_deleted":"0","size_leaf_vector":"1"},
      "left_children":[1,-1,-1],"right_children":[2,-1,-1],"parents":[2147483647,0,0],
      "split_indices":[0,0,0],"split_conditions":[5E-1,1.25E0,2E0],"default_left":[1,0,0],
      "split_type":[0,0,0],"categories":[],"categories_nodes":[],"categories_segments":[],
      "categories_sizes":[],"base_weights":[0E0,1.25E0,2E0],"loss_changes":[1E0,0E0,0E0],
      "sum_hessian":[2E0,1E0,1E0]}
      """;

  private static final String MODEL =
      """
      {"version":[3,0,0],"learner":{"attributes":{},"feature_names":["a"],"feature_types":["float"],
      "learner_model_param":{"base_score":"5E-1","num_class":"0","num_feature":"1","num_target":"1",
      "boost_from_average":"1"},"objective":{"name":"reg:squarederror","reg_loss_param":{}},
      "gradient_booster":{"name":"gbtree","model":{
      "gbtree_model_param":{"num_trees":"%s","num_parallel_tree":"1"},
      "tree_info":[%s],"iteration_indptr":[%s],"trees":[%s]}}}}
      """;

  private LargeModels() {}

  /** Writes a JSON model of many small trees; each takes about 470 bytes. */
  public static Path write(Path file, int trees) throws IOException {
    StringBuilder all = new StringBuilder();
    StringBuilder info = new StringBuilder("0");
    StringBuilder starts = new StringBuilder("0");
    for (int tree = 0; tree < trees; tree++) {
      all.append(tree == 0 ? "" : ",").append(TREE.formatted(tree));
      info.append(tree == 0 ? "" : ",0");
      starts.append(',').append(tree + 1);
    }

    return Files.writeString(file, MODEL.formatted(trees, info, starts, all).replace("\n", ""));
  }
}
