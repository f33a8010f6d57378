package io.paritree.spark.input;

import io.paritree.store.CallsAtOnce;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Reads the footers of a table's files, where its log does not say how many rows they have.
 *
 * @param added models that shall score the rows, too
 * @param calls how many files are read at the same time
 * @param problems receives a message for each problem
 */
record TableFooters(
    InputFormat format, AddedReads added, CallsAtOnce calls, List<String> problems) {

  /**
   * Reads the footers of a table's files.
   *
   * @param more what added models read, too
   * @param rows receives how many rows each has
   * @return whether Spark must read some of them row by row
   */
  boolean check(
      TableInput input,
      List<InputPartition> selected,
      Set<String> inFiles,
      AddedReads.Found more,
      SparkSession session,
      Runnable fileRead,
      Map<String, Long> rows) {
    Set<String> all = new HashSet<>(inFiles);
    all.addAll(more.allInFiles());
    List<String> unreadable = new ArrayList<>();
    Configuration hadoop = HadoopPaths.settings(session);
    List<FileSchema> schemas =
        FileSchemas.read(
            selected.stream().flatMap(partition -> partition.files().stream()).toList(),
            format,
            all,
            hadoop,
            calls,
            unreadable,
            fileRead);
    if (!unreadable.isEmpty() && isAnyGone(selected, hadoop)) {
      problems.add(input.goneVersion().orElseThrow()); // which explains the others
    } else {
      problems.addAll(unreadable);
    }

    boolean isReadByRows = !session.sessionState().conf().parquetVectorizedReaderEnabled();
    for (FileSchema file : schemas) {
      rows.put(file.file().name(), file.rows().orElseThrow());
      isReadByRows |= !Collections.disjoint(file.onlyByRows(), all);
      added.check(file, more);
    }

    problems.addAll(FileSchema.problems(schemas, inFiles));
    return isReadByRows;
  }

  private static boolean isAnyGone(List<InputPartition> selected, Configuration hadoop) {
    try {
      for (InputPartition partition : selected) {
        for (InputFile file : partition.files()) {
          Path path = HadoopPaths.of(file.location());
          if (!path.getFileSystem(hadoop).exists(path)) {
            return true;
          }
        }
      }
    } catch (IOException e) {
      return false; // perhaps why they are unreadable
    }

    return false;
  }
}
