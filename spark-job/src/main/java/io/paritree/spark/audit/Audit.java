package io.paritree.spark.audit;

import io.paritree.ModelException;
import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import io.paritree.model.RecordedModels;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.report.AlignedLines;
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
 * @param output as reports name it
 * @param version of the table; empty for a directory
 * @param startedAt when it began
 * @param seconds how long it took
 * @param partitions what was found
 */
public record Audit(
    AuditQuery query,
    String output,
    String version,
    Instant startedAt,
    double seconds,
    List<PartitionProof> partitions) {
  private static final int FORMAT = 1;

  /** How often a partition is examined again that is published meanwhile. */
  private static final int LOOKS = 20;

  /** So many looks that find the same are believed, if nothing is published meanwhile. */
  private static final int CONFIRMING = 2;

  /** So many are believed in any case: a run may have died. */
  private static final int MOST_CONFIRMING = 5;

  private static final long PAUSE_NANOS = 500_000_000;
  private static final double MILLIS = 1_000;

  public Audit {
    partitions = List.copyOf(partitions);
  }

  /**
   * Audits.
   *
   * @param place where the scores were published to; empty for a table
   * @param scoring scores rows again
   * @throws RefusedException if nothing was published there that is asked for
   */
  public static Audit of(
      SparkSession session, AuditQuery query, Optional<OutputPlace> place, AuditScoring scoring)
      throws RefusedException, ModelException, IOException {
    Instant startedAt = Instant.now();
    AuditQuery.Scores asked = query.published();
    AuditedOutput output =
        place.isPresent()
            ? new AuditedDirectory(session, place.get(), asked.keys())
            : AuditedTable.of(session, asked);
    List<String> partitions = output.partitions().stream().filter(asked::isOf).toList();
    if (partitions.isEmpty()) {
      throw new RefusedException(
          "Cannot audit %s: no published partition that is asked for was found in it; give the --output or --table of a scoring run"
              .formatted(asked.name()));
    }

    Map<String, String> hadoop = HadoopPaths.settingsByName(session);
    PartitionAudit audit =
        new PartitionAudit(
            session, query, output, new RecordedModels(query.model(), hadoop), scoring);
    List<PartitionProof> proofs = new ArrayList<>();
    for (String partition : partitions) {
      proofs.add(settled(output, audit, partition));
    }

    double seconds = Duration.between(startedAt, Instant.now()).toMillis() / MILLIS;
    return new Audit(query, output.shown(), output.version(), startedAt, seconds, proofs);
  }

  /**
   * Examines a partition until what was examined is what is published. A difference counts only if
   * a second look finds it, too, while no run publishes.
   */
  private static PartitionProof settled(
      AuditedOutput output, PartitionAudit audit, String partition)
      throws ModelException, IOException {
    int differing = 0;
    String token = "";
    Optional<Exception> failure = Optional.empty();
    Optional<PartitionProof> last = Optional.empty();
    for (int look = 0; look < LOOKS; look++) {
      if (look > 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }

      Optional<AuditedPartition> before = output.partition(partition);
      if (before.isEmpty()) {
        if (!output.version().isEmpty()) {
          break;
        }

        continue;
      }

      Optional<PartitionProof> proof = Optional.empty();
      failure = Optional.empty();
      try {
        proof = Optional.of(audit.look(before.get()));
      } catch (ModelException e) {
        throw e;
      } catch (Exception e) { // of files that are gone; Spark throws checked ones undeclared
        failure = Optional.of(e);
      }

      String now = output.partition(partition).map(AuditedPartition::token).orElse("");
      if (!now.equals(before.get().token())) {
        differing = 0;
        last = Optional.empty();
        continue;
      } else if (proof.isPresent() && proof.get().proof() != AuditVerdict.DIFFERS) {
        return proof.get();
      }

      differing = token.equals(now) ? differing + 1 : 1;
      token = now;
      last = proof;
      boolean isSettled =
          differing >= CONFIRMING && !output.isBeingPublished() || differing >= MOST_CONFIRMING;
      if (isSettled || look == LOOKS - 1) {
        break;
      }
    }

    if (last.isPresent()) {
      return last.get();
    } else if (failure.isPresent()) {
      return PartitionProof.unprovable(partition, "readable rows: " + reason(failure.get()));
    }

    boolean isKnown = output.partition(partition).isPresent();
    return PartitionProof.unprovable(
        partition,
        isKnown
            ? "a time when it is not published again: it was at each of %s looks".formatted(LOOKS)
            : output.absence());
  }

  static String reason(Exception failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  private Stream<PartitionProof> of(AuditVerdict proof) {
    return partitions.stream().filter(own -> own.proof() == proof);
  }

  /** Returns the partitions that differ from what was published. */
  public List<String> differing() {
    return of(AuditVerdict.DIFFERS).map(PartitionProof::partition).toList();
  }

  /** Returns the partitions that are not proved. */
  public List<String> unproved() {
    return partitions.stream()
        .filter(own -> !own.proof().isProved())
        .map(PartitionProof::partition)
        .toList();
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
    return SealedJson.of(
        json -> {
          json.writeNumberField("format", FORMAT);
          json.writeStringField("kind", "audit");
          json.writeStringField("result", result());
          json.writeStringField("startedAt", startedAt.toString());
          json.writeNumberField("seconds", seconds);
          json.writeStringField("output", output);
          JsonText.optional(json, "version", version);
          json.writeStringField("engine", engine());
          json.writeNumberField("sample", query.sample());
          JsonText.objects(json, "partitions", partitions, own -> own.write(json));
        });
  }

  private String result() {
    if (!differing().isEmpty()) {
      return AuditVerdict.DIFFERS.word();
    }

    return unproved().isEmpty() ? AuditVerdict.PROVED.word() : "not_proved";
  }
}
