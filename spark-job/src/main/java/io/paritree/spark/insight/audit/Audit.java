package io.paritree.spark.insight.audit;

import io.paritree.ModelException;
import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import io.paritree.model.RecordedModels;
import io.paritree.output.PartitionValue;
import io.paritree.output.StateDirectory;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.report.AlignedLines;
import io.paritree.spark.report.RefusedException;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Proves published scores.
 *
 * @param place where what runs leave beside the output is
 * @param output as reports name it
 * @param version of the table; empty for a directory
 * @param startedAt when it began
 * @param seconds how long it took
 * @param partitions what was found
 */
public record Audit(
    AuditQuery query,
    OutputPlace place,
    String output,
    String version,
    Instant startedAt,
    double seconds,
    List<PartitionProof> partitions) {
  private static final int FORMAT = 2;

  /** How often a partition is examined at most, where it is published meanwhile. */
  private static final int LOOKS = 20;

  /** So many looks that find a difference are believed, even if a run seems to publish. */
  private static final int MOST_CONFIRMING = 5;

  private static final long PAUSE_NANOS = 500_000_000;
  private static final double MILLIS = 1_000;

  /** How many partitions are examined at the same time, at most: of a few, all cores have work. */
  private static final int MOST_AT_ONCE = 4;

  public Audit {
    partitions = List.copyOf(partitions);
  }

  /**
   * Audits.
   *
   * @param place where the scores were published to; empty for a table
   * @throws RefusedException if nothing was published there that is asked for
   */
  public static Audit of(SparkSession session, AuditQuery query, Optional<OutputPlace> place)
      throws RefusedException, ModelException, IOException {
    Instant startedAt = Instant.now();
    AuditedOutput output =
        place.isPresent()
            ? AuditedDirectory.of(session, place.get(), query.published().keys())
            : AuditedTable.of(session, query.published());
    List<String> partitions = asked(output, query);
    Map<String, String> hadoop = HadoopPaths.settingsByName(session);
    // Of small ones, the driver does most of the work.
    int calls = query.published().calls().most();
    int atOnce = Math.min(Math.min(MOST_AT_ONCE, calls), partitions.size());
    PartitionAudit audit =
        new PartitionAudit(
            session, query.ofEach(atOnce), output, new RecordedModels(query.model(), hadoop));
    List<PartitionProof> proofs =
        new CallsAtOnce(atOnce).answers(partitions, partition -> settled(output, audit, partition));
    double seconds = Duration.between(startedAt, Instant.now()).toMillis() / MILLIS;
    return new Audit(
        query, output.place(), output.shown(), output.version(), startedAt, seconds, proofs);
  }

  private static List<String> asked(AuditedOutput output, AuditQuery query)
      throws RefusedException, IOException {
    List<String> all = output.partitions();
    List<String> partitions = all.stream().filter(query::isOf).toList();
    if (partitions.isEmpty()) {
      throw new RefusedException(
          "Cannot audit %s: no published partition that is asked for was found in it; give the --output or --table of a scoring run"
              .formatted(query.published().name()));
    }

    for (PartitionValue value : query.partitions()) {
      if (all.stream().noneMatch(one -> PartitionValue.ofPath(one).contains(value))) {
        throw new RefusedException(
            "Cannot audit %s: no partition of it is %s, which --partition names"
                .formatted(query.published().name(), value));
      }
    }

    return partitions;
  }

  /**
   * Examines a partition until what was examined is what is published. A difference counts only if
   * a second look finds it, too, while no run publishes.
   */
  private static PartitionProof settled(
      AuditedOutput output, PartitionAudit audit, String partition)
      throws ModelException, IOException {
    String token = "";
    int looks = 0; // in sequence, at the same publication
    for (int look = 0; look < LOOKS; look++) {
      Optional<AuditedPartition> published = output.partition(partition);
      PartitionAudit.Look found =
          published.isPresent()
              ? audit.look(published.get())
              : new PartitionAudit.Look(
                  PartitionProof.unprovable(partition, output.absence(partition)), false);
      String now = token(published);
      if (now.equals(token(output.partition(partition)))) {
        looks = now.equals(token) ? looks + 1 : 1;
        token = now;
        boolean isConfirmed = looks > 1 && !output.isBeingPublished();
        if (found.isCertain() || isConfirmed || looks >= MOST_CONFIRMING) {
          return found.proof();
        }
      } else {
        looks = 0;
      }

      LockSupport.parkNanos(PAUSE_NANOS);
    }

    return PartitionProof.unprovable(
        partition,
        "a time when it is not published again: it was at each of %s looks".formatted(LOOKS));
  }

  private static String token(Optional<AuditedPartition> published) {
    return published.map(AuditedPartition::token).orElse("");
  }

  private Stream<PartitionProof> of(AuditVerdict proof) {
    return partitions.stream().filter(own -> own.proof() == proof);
  }

  /** Returns the partitions that differ from what was published, or the output without any. */
  public List<String> differing() {
    return of(AuditVerdict.DIFFERS).map(this::name).toList();
  }

  /** Returns the partitions that are not proved, or the output without any. */
  public List<String> unproved() {
    return partitions.stream().filter(own -> !own.isWhole()).map(this::name).toList();
  }

  private String name(PartitionProof own) {
    return own.partition().isEmpty() ? output : own.partition();
  }

  /** Returns the result for the console. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "Audit of %s%s with %s\n"
            .formatted(output, version.isEmpty() ? "" : " version " + version, engine()));
    List<String[]> lines = new ArrayList<>();
    for (PartitionProof own : partitions) {
      String name = own.partition().isEmpty() ? "all rows" : own.partition();
      lines.add(
          new String[] {
            name,
            own.of().map(any -> any.model().version()).orElse(""),
            own.of().map(any -> String.valueOf(any.rows().scored())).orElse(""),
            own.verdict()
          });
    }

    String[] aligned = AlignedLines.of("  ", "llrl", lines).split("\n");
    for (int index = 0; index < aligned.length; index++) {
      text.append(aligned[index]).append('\n');
      partitions
          .get(index)
          .lines()
          .forEach(line -> text.append("      ").append(line).append('\n'));
    }

    return text.toString();
  }

  private String engine() {
    return query.engine().name().toLowerCase(Locale.ROOT);
  }

  /** Returns the evidence: a document that ends with its own digest. */
  public byte[] json() {
    return json(partitions);
  }

  /**
   * Keeps the evidence of each partition in the state of the output, in place of an earlier one.
   */
  public void keep() throws IOException {
    place
        .calls()
        .each(
            partitions,
            own -> {
              Location file = StateDirectory.audit(place.state(), own.partition());
              place.store().replace(file, json(List.of(own)));
            });
  }

  private byte[] json(List<PartitionProof> proofs) {
    return SealedJson.of(
        json -> {
          json.writeNumberField("format", FORMAT);
          json.writeStringField("kind", "audit");
          json.writeStringField("result", result(proofs));
          json.writeStringField("started_at", startedAt.toString());
          json.writeNumberField("seconds", seconds);
          json.writeStringField("output", output);
          JsonText.optional(json, "version", version);
          json.writeStringField("engine", engine());
          json.writeNumberField("sample", query.sample());
          JsonText.objects(json, "partitions", proofs, own -> own.write(json));
        });
  }

  private static String result(List<PartitionProof> proofs) {
    if (proofs.stream().anyMatch(own -> own.proof() == AuditVerdict.DIFFERS)) {
      return AuditVerdict.DIFFERS.word();
    }

    return proofs.stream().allMatch(PartitionProof::isWhole)
        ? AuditVerdict.PROVED.word()
        : "not_proved";
  }
}
