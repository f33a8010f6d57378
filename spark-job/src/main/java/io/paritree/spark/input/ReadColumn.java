package io.paritree.spark.input;

import java.io.Serializable;
import java.util.Collection;
import java.util.Locale;
import org.apache.spark.sql.types.DataType;

/**
 * A column that a run reads.
 *
 * @param name its name, as the run asks for it
 * @param type its type; text for partition columns and for all columns of CSV files
 * @param partitionLevel which level of the directory names it comes from; -1 if from the files
 */
public record ReadColumn(String name, DataType type, int partitionLevel) implements Serializable {

  /** Whether names that differ in case only are names of the same column. */
  public enum Case {
    COMPARED,
    IGNORED;

    /** Returns the name by which a run asks for a column; unchanged if it does not. */
    public String asked(String name, Collection<String> all) {
      return this == COMPARED || all.contains(name)
          ? name
          : all.stream().filter(name::equalsIgnoreCase).findFirst().orElse(name);
    }

    /** Returns a text that is the same for all names of a column. */
    public String key(String name) {
      return this == COMPARED ? name : name.toLowerCase(Locale.ROOT);
    }
  }

  /** Returns whether the column's values are directory names. */
  public boolean isPartition() {
    return partitionLevel >= 0;
  }
}
