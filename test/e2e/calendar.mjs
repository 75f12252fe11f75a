// Reads iCalendar from standard input as a calendar program does, with ical.js, and writes what it understood as
// JSON: one entry for each event, its hours in UTC and as the clock in the hall shows them.
import ICAL from 'ical.js'

let text = ''
process.stdin.setEncoding('utf8')
for await (const part of process.stdin) text += part

const calendar = new ICAL.Component(ICAL.parse(text))
const zones = calendar.getAllSubcomponents('vtimezone').map((zone) => {
  ICAL.TimezoneService.register(zone)
  return zone.getFirstPropertyValue('tzid')
})

const value = (event, name) => {
  const found = event.getFirstPropertyValue(name)
  return found === null ? '' : String(found)
}
const moment = (event, name) => {
  const property = event.getFirstProperty(name)
  if (!property) return null
  const time = property.getFirstValue()
  return {
    tzid: property.getParameter('tzid') ?? '',
    known: ICAL.TimezoneService.has(property.getParameter('tzid') ?? 'UTC'),
    local: time.toString(),
    utc: time.toJSDate().toISOString(),
  }
}

const events = calendar.getAllSubcomponents('vevent').map((event) => ({
  uid: value(event, 'uid'),
  summary: value(event, 'summary'),
  description: value(event, 'description'),
  location: value(event, 'location'),
  url: value(event, 'url'),
  status: value(event, 'status'),
  sequence: Number(value(event, 'sequence')),
  stamp: value(event, 'dtstamp'),
  modified: value(event, 'last-modified'),
  start: moment(event, 'dtstart'),
  end: moment(event, 'dtend'),
}))

process.stdout.write(JSON.stringify({
  version: calendar.getFirstPropertyValue('version'),
  product: calendar.getFirstPropertyValue('prodid'),
  method: calendar.getFirstPropertyValue('method') ?? '',
  zones,
  events,
}))
