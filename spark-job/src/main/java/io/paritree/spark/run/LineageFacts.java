package io.paritree.spark.run;

import io.paritree.feature.Feature;
import io.paritree.model.ScoringModel;
import io.paritree.output.PartitionValue;
import io.paritree.spark.input.Input;
import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.InputPartition;
import io.paritree.spark.output.OutputColumns;
import io.paritree.spark.report.DatasetName;
import io.paritree.spark.report.Lineage;
import io.paritree.spark.settings.JobSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** Finds out what a run reads and writes, from what was checked. */
record LineageFacts(JobSettings settings, ScoringModel model, JobCheck check) {
  /** Most files, and most partitions, that are named. */
  private static final int MOST_NAMES = 1_000;

  /** Returns what a run reads and writes whose files were not checked. */
  Lineage listed() {
    return lineage(check.selected(), List.of(), List.of());
  }

  /** Returns what a run reads and writes whose input was checked. */
  Lineage checked(CheckedRun checked) {
    List<Lineage.Column> read =
        checked.input().read().stream()
            .map(column -> new Lineage.Column(column.name(), column.type().catalogString()))
            .toList();
    List<Lineage.Column> written = new ArrayList<>();
    for (StructField field : checked.rows().fields()) {
      written.add(new Lineage.Column(field.name(), field.dataType().catalogString()));
    }

    for (String column : check.partitionColumns()) {
      written.add(new Lineage.Column(column, DataTypes.StringType.catalogString()));
    }

    return lineage(
        checked.open().stream().flatMap(target -> target.sources().stream()).toList(),
        read,
        written);
  }

  private Lineage lineage(
      List<InputPartition> sources, List<Lineage.Column> read, List<Lineage.Column> written) {
    Input listing = check.listing();
    OutputColumns columns = check.columns();
    Set<String> kept = new LinkedHashSet<>(settings.columns().keys());
    kept.addAll(settings.columns().pass());
    if (settings.output().partition().isEmpty()) {
      kept.addAll(listing.partitionColumns());
    }

    List<String> filtering = new ArrayList<>();
    model.schema().fields().forEach(field -> filtering.add(field.column()));
    return new Lineage(
        listing
            .root()
            .map(root -> DatasetName.at(root.toString()))
            .orElseGet(() -> DatasetName.inCatalog(settings.input().name())),
        listing.version(),
        part(listing.version(), sources),
        read,
        numbers(),
        DatasetName.at(check.output().place().output().toString()),
        written,
        List.copyOf(kept),
        columns.sources(model.schema()),
        filtering);
  }

  private Set<String> numbers() {
    Set<String> numbers = new HashSet<>();
    Set<String> others = new HashSet<>();
    for (Feature feature : model.schema().features()) {
      boolean isNumber = feature.values() == Feature.Values.NUMBER && !feature.kind().isCategory();
      if (!isNumber || !numbers.add(feature.column())) {
        others.add(feature.column());
      }
    }

    numbers.removeAll(others);
    return numbers;
  }

  private static Lineage.Part part(String version, List<InputPartition> sources) {
    List<InputFile> files = sources.stream().flatMap(own -> own.files().stream()).toList();
    // The version of a table says which files it has; by themselves, files are the version.
    boolean areNamed = version.isEmpty() && files.size() <= MOST_NAMES;
    boolean arePartitions =
        !areNamed
            && sources.size() <= MOST_NAMES
            && sources.stream().noneMatch(source -> source.values().isEmpty());
    return new Lineage.Part(
        areNamed ? files.stream().map(file -> file.location().toString()).toList() : List.of(),
        arePartitions ? sources.stream().map(LineageFacts::values).toList() : List.of(),
        files.size(),
        files.stream().mapToLong(InputFile::bytes).sum());
  }

  private static Map<String, String> values(InputPartition partition) {
    Map<String, String> values = new LinkedHashMap<>();
    for (PartitionValue value : partition.values()) {
      values.put(value.column(), value.value());
    }

    return values;
  }
}
