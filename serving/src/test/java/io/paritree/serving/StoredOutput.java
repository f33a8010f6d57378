package io.paritree.serving;

import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import io.paritree.lookup.BuiltIndex;
import io.paritree.lookup.KeyForm;
import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.StateDirectory;
import io.paritree.output.TestManifest;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** An output as the job publishes it, with an index, and a file in place of the Parquet files. */
public final class StoredOutput {
  private final Path output;
  private final KeyForm keys;
  private final int scores;
  private String scoredAt = "2026-11-25T02:11:09Z";
  private int runs;

  public StoredOutput(Path output, KeyForm keys, int scores) {
    this.output = output;
    this.keys = keys;
    this.scores = scores;
  }

  public Path path() {
    return output;
  }

  public KeyForm keys() {
    return keys;
  }

  /** Sets what the indexes of the next publications say of when their rows were scored. */
  void scoredAt(String text) {
    scoredAt = text;
  }

  /** Returns the directory of the index of a partition's last publication. */
  public Path index(String partition) throws IOException {
    Path file = output.resolve(partition).resolve(PartitionManifest.FILE);
    PartitionManifest published =
        PartitionManifest.fromJson(Files.readAllBytes(file), file.toString());
    return index(published.directory(), partition);
  }

  private Path index(String run, String partition) throws IOException {
    Files.createDirectories(output);
    Location state = StateDirectory.of(Location.of(output.toRealPath()));
    return StateDirectory.index(state, run, partition).toPath();
  }

  /** Publishes a partition, new or not; returns the name of its run's directory. */
  public String publish(String partition, String modelVersion, Consumer<BuiltIndex> rows)
      throws IOException {
    return publish(partition, keys, modelVersion, rows);
  }

  /** Publishes a partition whose keys are others than those of the output. */
  public String publish(
      String partition, KeyForm keys, String modelVersion, Consumer<BuiltIndex> rows)
      throws IOException {
    String run = "run%s-%08x".formatted(++runs, runs);
    BuiltIndex built = new BuiltIndex(partition, run, keys, scores, 2);
    rows.accept(built);
    built.write(index(run, partition), "identity-" + runs, modelVersion, scoredAt);
    Path staged = Files.createDirectories(output.resolveSibling("staged-" + run));
    Files.writeString(staged.resolve("part-0.parquet"), "rows of " + run);
    Files.write(staged.resolve(PartitionManifest.FILE), manifest(partition, run).toJson());
    Path to = output.resolve(partition);
    if (Files.exists(to)) {
      Files.move(to, output.resolveSibling("old-" + run), StandardCopyOption.ATOMIC_MOVE);
    }

    Files.createDirectories(to.getParent());
    Files.move(staged, to, StandardCopyOption.ATOMIC_MOVE);
    return run;
  }

  /** Keeps the audit of a partition, as {@code scripts/parity audit --keep} does. */
  public void audited(String partition, String run, String verdict, int differing)
      throws IOException {
    Location state = StateDirectory.of(Location.of(output.toRealPath()));
    Path file = StateDirectory.audit(state, partition).toPath();
    Files.createDirectories(file.getParent());
    Files.write(
        file,
        SealedJson.of(
            json -> {
              json.writeStringField("kind", "audit");
              json.writeStringField("started_at", "2026-11-26T06:00:00Z");
              json.writeStringField("engine", "spec");
              JsonText.objects(
                  json,
                  "partitions",
                  List.of(partition),
                  own -> {
                    json.writeStringField("partition", own);
                    json.writeStringField("verdict", verdict);
                    json.writeStringField("run", run);
                    json.writeNumberField("scored", 1000);
                    json.writeNumberField("compared", 1000);
                    json.writeNumberField("differing", differing);
                    JsonText.objects(
                        json,
                        "rows",
                        Collections.nCopies(differing, "9999"),
                        key -> {
                          json.writeStringField("key", key);
                          json.writeStringField("published", "0.5");
                        });
                    JsonText.array(json, "notes", List.of("<b>1</b>"), json::writeString);
                  });
            }));
  }

  private PartitionManifest manifest(String partition, String run) {
    int bytes = ("rows of " + run).length();
    return TestManifest.of(
        partition,
        "identity-" + runs,
        run,
        List.of(new DataFile("part-0.parquet", bytes, 1, Optional.empty())));
  }
}
