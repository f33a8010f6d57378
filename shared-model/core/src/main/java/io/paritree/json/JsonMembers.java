package io.paritree.json;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The members of an object that are texts or whole numbers, by their names. Unlike in {@link
 * StrictJson#object}, members that are not known are ignored: a later version may have written
 * them. Not thread-safe.
 */
public final class JsonMembers {
  private final StrictJson json;
  private final Set<String> wholes;
  private final Map<String, StrictJson.Value> others;
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, Long> numbers = new HashMap<>();
  private final Set<String> skipped = new HashSet<>();

  /**
   * @param wholes the members that are whole numbers, of at least 0
   * @param others reads each member that is neither a text nor a whole number
   */
  public JsonMembers(StrictJson json, Set<String> wholes, Map<String, StrictJson.Value> others) {
    this.json = json;
    this.wholes = wholes;
    this.others = others;
  }

  /** Reads a document that is one object. */
  public JsonMembers readDocument() throws BrokenJsonException {
    json.document(this::read);
    return this;
  }

  /** Reads the current value. */
  public JsonMembers read() throws BrokenJsonException {
    json.namedValues(this::member);
    return this;
  }

  private void member(String name) throws BrokenJsonException {
    if (others.containsKey(name)) {
      others.get(name).read();
    } else if (wholes.contains(name)) {
      numbers.put(name, json.integer(0, Long.MAX_VALUE));
    } else if (json.isText()) {
      texts.put(name, json.text());
    } else {
      if (!json.isNull()) {
        skipped.add(name);
      }

      json.skip();
    }
  }

  /** Returns whether there are all of these texts. */
  public boolean hasTexts(Set<String> names) {
    return texts.keySet().containsAll(names);
  }

  /**
   * Returns a text.
   *
   * @throws BrokenJsonException if there is none
   */
  public String text(String name) throws BrokenJsonException {
    if (!texts.containsKey(name)) {
      throw json.wrongMember(name, "a text");
    }

    return texts.get(name);
  }

  /**
   * Returns a text; another one if there is none.
   *
   * @throws BrokenJsonException if something else is in its place
   */
  public String text(String name, String absent) throws BrokenJsonException {
    if (skipped.contains(name)) {
      throw json.wrongMember(name, "a text");
    }

    return texts.getOrDefault(name, absent);
  }

  /**
   * Returns a whole number.
   *
   * @throws BrokenJsonException if there is none
   */
  public long number(String name) throws BrokenJsonException {
    if (!numbers.containsKey(name)) {
      throw json.wrongMember(name, "a whole number");
    }

    return numbers.get(name);
  }

  /** Returns a whole number; another one if there is none. */
  public long number(String name, long absent) {
    return numbers.getOrDefault(name, absent);
  }
}
