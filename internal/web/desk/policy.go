package desk

import "obrady/internal/rights"

// The rows of the policy that allow what is done at the desk, and what they are about, as routes name them.
const (
	ReadDraft     = string(rights.ReadDraft)
	EditProgramme = string(rights.EditProgramme)
	EditStrand    = string(rights.EditStrand)
	Arrange       = string(rights.Arrange)
	EditPeople    = string(rights.EditPeople)
	CreateEdition = string(rights.CreateEdition)
	EditEdition   = string(rights.EditEdition)
	OwnAccount    = string(rights.OwnAccount)

	WholeSite    = string(rights.WholeSite)
	WholeEdition = string(rights.WholeEdition)
	Within       = string(rights.WithinEdition)
)
