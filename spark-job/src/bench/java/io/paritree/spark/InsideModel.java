package io.paritree.spark;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A model, and what it scores.
 *
 * @param store the directory of the model
 * @param model its name there
 * @param key the column that names a row
 * @param rows makes the rows
 */
record InsideModel(Path store, String model, String key, Supplier<Dataset<Row>> rows) {
  String reference() {
    return store + "/" + model;
  }
}
