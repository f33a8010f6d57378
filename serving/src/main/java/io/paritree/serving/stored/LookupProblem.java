package io.paritree.serving.stored;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import io.paritree.lookup.InvalidKeyException;
import io.paritree.lookup.StoredEntry.Quarantined;
import io.paritree.lookup.StoredEntry.Repeated;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.answer.Problem.PointedFault;
import io.paritree.serving.answer.Problems;
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

/** The problem that is answered where a key has no scored row. */
public final class LookupProblem {
  private static final String NOT_SHOWN = "a value that is not shown";

  private LookupProblem() {}

  /** Returns the problem that a look-up which ended without a scored row is answered with. */
  public static Problem of(KeyResult result) {
    if (result instanceof Absent absent) {
      return with(absent.stale(), Problems.UNKNOWN_KEY.of(absent.searched()));
    } else if (result instanceof Unanswered unanswered) {
      return of(unanswered.partition());
    } else if (result instanceof Replaced replaced) {
      return Problems.REPLACED_SCORES.of(replaced.partition().name());
    }

    return of(((Found) result).rows().get(0));
  }

  /** Returns the problem that a key which has no single scored row is answered with. */
  public static Problem of(StoredRow row) {
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
  public static Problem of(UnservedPartition partition) {
    Problem problem =
        partition.isDamaged()
            ? Problems.DAMAGED_SCORES.of(partition.name())
            : Problems.STALE_SCORES.of(partition.name(), partition.reason().text());
    return problem.with(partition.member());
  }

  public static Problem of(InvalidKeyException e) {
    return Problems.INVALID_KEY.of(e.column(), e.got(), e.expected());
  }

  /** Reads the faults of a quarantined row, whose values are no answer to a look-up. */
  static List<PointedFault> faults(byte[] stored) {
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
  public static void write(Problem problem, JsonBytes json) {
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
