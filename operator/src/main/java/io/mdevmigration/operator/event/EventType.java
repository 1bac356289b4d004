package io.mdevmigration.operator.event;

/** Whether someone has to look at an event. */
public enum EventType {
  /** All went as it should. */
  NORMAL("Normal"),
  /** Someone should see to it. */
  WARNING("Warning");

  private final String text;

  EventType(String text) {
    this.text = text;
  }

  /** The word as it stands in the event. */
  @Override
  public String toString() {
    return text;
  }
}
