package main

import (
	"fmt"

	"obrady/internal/schedule"
)

// reasons say in words why a file is no schedule.
var reasons = map[schedule.Reason]string{
	schedule.ReasonEmpty:      "there is nothing in it",
	schedule.ReasonTooLarge:   "it is larger than any schedule",
	schedule.ReasonTooDeep:    "its elements are nested deeper than in any schedule",
	schedule.ReasonHTML:       "it is a web page, perhaps an error page that was saved under this name",
	schedule.ReasonNoSchedule: "it is neither XML nor JSON",
	schedule.ReasonRoot:       "it is XML of another kind",
	schedule.ReasonEncoding:   "nobody knows the encoding that it declares",
	schedule.ReasonEntities:   "it defines entities of its own, which no schedule needs",
	schedule.ReasonTruncated:  "it ends in the middle",
	schedule.ReasonSyntax:     "it is not well-formed",
	schedule.ReasonOtherJSON:  "it is JSON, but no schedule that we know",
	schedule.ReasonWidget:     "it is the JSON of a widget; ask for schedule.json or schedule.xml",
	schedule.ReasonVersion2:   "it is schedule.json of version 2; ask for version 1 or schedule.xml",
	schedule.ReasonHalfnarp:   "it is a list of submissions without times",
	schedule.ReasonNoDays:     "there is no day in it",
	schedule.ReasonNoDate:     "nothing says on which date a day is",
}

// inWords says why a file was refused as a schedule; other errors stay as they are.
func inWords(err error) error {
	refusal, is := schedule.IsRefusal(err)
	if !is || reasons[refusal.Reason] == "" {
		return err
	}
	said := fmt.Errorf("%s cannot be read as a schedule: line %d: %s", refusal.File, refusal.Line, reasons[refusal.Reason])
	if refusal.Detail != "" {
		said = fmt.Errorf("%w (%s)", said, refusal.Detail)
	}
	return said
}
