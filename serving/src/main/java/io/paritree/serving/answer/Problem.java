package io.paritree.serving.answer;

import io.paritree.Fault;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Why a request gets no result.
 *
 * <p>Written as RFC 9457's {@code application/problem+json}. The codes never change; texts may. The
 * only parts that come from the request are the fields and values of faults, which are shortened
 * and escaped.
 *
 * @param code never changes; the end of the problem's type {@code urn:paritree:problem:<code>}
 * @param status HTTP status
 * @param title the same for each problem with this code
 * @param detail what was wrong this time, and what to do
 * @param errors the faults of the record or records, in order; often empty
 * @param members more members of the problem as JSON, each after a comma; often empty
 */
public record Problem(
    String code,
    int status,
    String title,
    String detail,
    List<PointedFault> errors,
    String members) {
  public static final String CONTENT_TYPE = "application/problem+json";

  private static final byte[] TYPE =
      "{\"type\":\"urn:paritree:problem:".getBytes(StandardCharsets.US_ASCII);

  public Problem {
    errors = List.copyOf(errors);
  }

  /**
   * A fault and where in the request it is.
   *
   * @param pointer JSON pointer (RFC 6901) from the body's root
   */
  public record PointedFault(String pointer, Fault fault) {

    /** Returns a fault of the record that the pointer {@code prefix} points to. */
    public static PointedFault under(String prefix, Fault fault) {
      String field = fault.field();
      return new PointedFault(field.isEmpty() ? prefix : child(prefix, field), fault);
    }

    /** Returns the pointer to the member {@code name} of what {@code prefix} points to. */
    public static String child(String prefix, String name) {
      return prefix + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    void write(JsonBytes json) {
      json.raw("{\"pointer\":").string(pointer);
      if (!fault.field().isEmpty()) {
        json.raw(",\"field\":").string(fault.field());
      }

      json.raw(",\"code\":").string(fault.code().code());
      json.raw(",\"got\":").string(fault.got());
      json.raw(",\"expected\":").string(fault.expected());
      if (!fault.hint().isEmpty()) {
        json.raw(",\"hint\":").string(fault.hint());
      }

      json.raw('}');
    }
  }

  public Problem with(List<PointedFault> faults) {
    return new Problem(code, status, title, detail, faults, members);
  }

  /**
   * Returns the problem with one more member.
   *
   * @param member JSON, after a comma
   */
  public Problem with(String member) {
    return new Problem(code, status, title, detail, errors, members + member);
  }

  /** Returns the JSON text in UTF-8. */
  public byte[] toJson() {
    JsonBytes json = new JsonBytes();
    json.raw(TYPE).raw(code).raw("\",\"title\":").string(title);
    json.raw(",\"status\":").number(status);
    json.raw(",\"detail\":").string(detail);
    if (!errors.isEmpty()) {
      json.raw(",\"errors\":");
      write(errors, json);
    }

    json.raw(members.getBytes(StandardCharsets.UTF_8));
    return json.raw("}\n").toByteArray();
  }

  /** Writes faults as a JSON array. */
  public static void write(List<PointedFault> errors, JsonBytes json) {
    json.list(errors.size(), index -> errors.get(index).write(json));
  }
}
