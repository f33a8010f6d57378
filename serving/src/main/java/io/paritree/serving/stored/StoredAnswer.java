package io.paritree.serving.stored;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import io.paritree.lookup.InvalidKeyException;
import io.paritree.lookup.StoredEntry;
import io.paritree.lookup.StoredEntry.Quarantined;
import io.paritree.lookup.StoredEntry.Repeated;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.output.DamagedFileException;
import io.paritree.output.ReasonsForm;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problem.PointedFault;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import io.paritree.serving.indexes.OpenPartition;
import io.paritree.serving.indexes.UnservedPartition;
import io.paritree.serving.stored.KeyResult.Absent;
import io.paritree.serving.stored.KeyResult.Found;
import io.paritree.serving.stored.KeyResult.Replaced;
import io.paritree.serving.stored.KeyResult.Unanswered;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the rows that are stored under a key. */
public final class StoredAnswer {
  private static final String NOT_SHOWN = "a value that is not shown";

  private StoredAnswer() {}

  /**
   * Returns the rows that are stored under a key as answers have them. The checksums of an index
   * have no secret: a publisher may put any bytes in place of a row.
   *
   * @throws DamagedFileException if that is no JSON of a row
   */
  static StoredEntry readable(StoredEntry entry, OpenPartition partition, Numbers numbers)
      throws DamagedFileException {
    try {
      if (entry instanceof Scored row) {
        ReasonsForm form = partition.manifest().reasons().orElse(null);
        return new Scored(row.scores(), StoredMembers.answered(row.members(), form, numbers));
      } else if (entry instanceof Quarantined row) {
        faults(row.faults());
      }

      return entry;
    } catch (RuntimeException e) {
      throw new DamagedFileException(
          "Cannot use the index of run %s: what it has under a key is no JSON of a row"
              .formatted(partition.manifest().directory()),
          e);
    }
  }

  /** Writes the members of a scored row, from its partition on. */
  public static void write(StoredRow row, JsonBytes json) {
    OpenPartition partition = row.partition();
    json.raw("\"partition\":").raw(partition.partitionJson()).raw(',');
    Scored scored = (Scored) row.entry();
    partition.form().write(scored.scores(), 0, null, 0, 0, json);
    json.raw(scored.members()).raw(partition.origin());
    writeStale(row.stale(), json);
  }

  /** Writes the member that says that an answer is not of what was published last, if so. */
  public static void writeStale(Optional<UnservedPartition> stale, JsonBytes json) {
    stale.ifPresent(newer -> json.raw(",\"stale\":").raw(newer.json()));
  }

  /** Returns the problem that a look-up which ended without a scored row is answered with. */
  public static Problem problem(KeyResult result) {
    if (result instanceof Absent absent) {
      return with(absent.stale(), Problems.UNKNOWN_KEY.of(absent.searched()));
    } else if (result instanceof Unanswered unanswered) {
      return problem(unanswered.partition());
    } else if (result instanceof Replaced replaced) {
      return Problems.REPLACED_SCORES.of(replaced.partition().name());
    }

    return problem(((Found) result).rows().get(0));
  }

  /** Returns the problem that a key which has no single scored row is answered with. */
  public static Problem problem(StoredRow row) {
    OpenPartition partition = row.partition();
    String run = partition.manifest().run();
    String member = ",\"run\":" + JsonBytes.quotedText(run);
    if (row.entry() instanceof Quarantined quarantined) {
      Problem problem = Problems.QUARANTINED.of(run, partition.name());
      return with(row.stale(), problem.with(faults(quarantined.faults())).with(member));
    }

    long rows = ((Repeated) row.entry()).rows();
    Problem problem = Problems.AMBIGUOUS_KEY.of(rows, run, partition.name());
    return with(row.stale(), problem.with(member).with(",\"rows\":" + rows));
  }

  private static Problem with(Optional<UnservedPartition> stale, Problem problem) {
    return stale.map(newer -> problem.with(newer.member())).orElse(problem);
  }

  /** Returns the problem that a request is answered with because a partition cannot be searched. */
  public static Problem problem(UnservedPartition partition) {
    Problem problem =
        partition.isDamaged()
            ? Problems.DAMAGED_SCORES.of(partition.name())
            : Problems.STALE_SCORES.of(partition.name(), partition.reason().text());
    return problem.with(partition.member());
  }

  public static Problem problem(InvalidKeyException e) {
    return Problems.INVALID_KEY.of(e.column(), e.got(), e.expected());
  }

  /** Reads the faults of a quarantined row, whose values are no answer to a look-up. */
  private static List<PointedFault> faults(byte[] stored) {
    List<PointedFault> faults = new ArrayList<>();
    try {
      StrictJson json = new StrictJson("the faults", stored);
      json.document(() -> json.list(() -> fault(json).ifPresent(faults::add)));
    } catch (BrokenJsonException e) {
      throw new IllegalStateException(e);
    }

    return faults;
  }

  /** Reads a fault; empty if its code is one of a later version. */
  private static Optional<PointedFault> fault(StrictJson json) throws BrokenJsonException {
    Map<String, String> members = new HashMap<>();
    json.namedValues(name -> members.put(name, json.text()));
    for (FaultCode code : FaultCode.values()) {
      if (code.code().equals(members.get("code"))) {
        return Optional.of(
            PointedFault.under(
                "",
                new Fault(
                    code,
                    members.getOrDefault("field", ""),
                    code == FaultCode.MISSING_VALUE ? members.get("got") : NOT_SHOWN,
                    members.get("expected"),
                    "")));
      }
    }

    return Optional.empty();
  }

  /** Writes a problem as the member {@code error} of a result, without its type. */
  public static void writeError(Problem problem, JsonBytes json) {
    json.raw("\"error\":{\"code\":").string(problem.code());
    json.raw(",\"status\":").number(problem.status());
    json.raw(",\"detail\":").string(problem.detail());
    if (!problem.errors().isEmpty()) {
      json.raw(",\"errors\":");
      Problem.write(problem.errors(), json);
    }

    json.raw(problem.members().getBytes(StandardCharsets.UTF_8)).raw('}');
  }
}
