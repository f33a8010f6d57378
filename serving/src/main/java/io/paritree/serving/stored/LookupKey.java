package io.paritree.serving.stored;

import io.paritree.json.JsonText;
import io.paritree.lookup.InvalidKeyException;
import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import java.util.List;
import java.util.Set;

/** A key that a request looks up. Not thread-safe. */
public final class LookupKey {
  private final KeyForm form;
  private final List<String> values;
  private final Numbers numbers;
  private final KeyBytes bytes = new KeyBytes();
  private KeyForm encoded; // whose form the bytes have; null if they are no key

  /**
   * @param form the key's columns as the request has them
   * @param values in the order of the columns
   * @param numbers how numbers of the key are answered
   * @throws InvalidKeyException if a column cannot have its value
   */
  LookupKey(KeyForm form, List<String> values, Numbers numbers) throws InvalidKeyException {
    this.form = form;
    this.values = values;
    this.numbers = numbers;
    encode(form);
  }

  private void encode(KeyForm keys) throws InvalidKeyException {
    encoded = null;
    bytes.clear();
    for (int column = 0; column < values.size(); column++) {
      String name = keys.columns().get(column).name();
      int at = keys == form ? column : form.names().indexOf(name);
      keys.add(column, values.get(at), bytes);
    }

    encoded = keys;
  }

  /** Returns whether keys have the same columns, in any order and of any types. */
  static boolean haveSameColumns(KeyForm one, KeyForm other) {
    return one.equals(other) || Set.copyOf(one.names()).equals(Set.copyOf(other.names()));
  }

  /** Returns the key as a partition has it; null if its keys cannot have these values. */
  KeyBytes in(KeyForm keys) {
    if (keys.equals(encoded)) {
      return bytes;
    }

    if (!haveSameColumns(keys, form)) {
      return null;
    }

    try {
      encode(keys);
      return bytes;
    } catch (InvalidKeyException e) {
      return null;
    }
  }

  /** Returns the key as a JSON object. */
  public byte[] json() {
    return StoredNumbers.key(plainJson(), numbers);
  }

  private byte[] plainJson() {
    JsonBytes json = new JsonBytes();
    for (int column = 0; column < values.size(); column++) {
      KeyColumn named = form.columns().get(column);
      json.raw(column == 0 ? '{' : ',').string(named.name()).raw(':');
      switch (named.type()) {
        case INTEGER -> json.number(Long.parseLong(values.get(column)));
        case TEXT -> json.string(values.get(column));
        default -> { // is perhaps written in another way than it was given
          byte[] key = in(form).toByteArray();
          return JsonText.compact(to -> form.write(key, to));
        }
      }
    }

    return json.raw('}').toByteArray();
  }
}
