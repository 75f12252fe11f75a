package calls

import (
	"net/http"
	"path"
	"strconv"
	"strings"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/web/desk"
)

// sendFiles sends the files of submissions as one archive, a folder for each
// submission, file by file; attachment.ErrNone if there are none, before anything was
// sent.
func (p *Pages) sendFiles(w http.ResponseWriter, r *http.Request, name string, all []call.Submission) error {
	var out *desk.Archive
	ctx := desk.Patient(r)
	for _, s := range all {
		files, err := p.Files.Of(ctx, s.ID)
		if err != nil {
			return err
		}
		taken := map[string]bool{}
		for _, f := range files {
			one, content, err := p.Files.Open(ctx, s.ID, f.ID)
			if err != nil {
				return err
			}
			if out == nil {
				out = desk.NewArchive(w, name+".zip")
			}
			if err := out.Add(s.Code+"/"+unlike(one.Name, taken), one.At, content); err != nil {
				return err
			}
		}
	}
	if out == nil {
		return attachment.ErrNone
	}
	return out.Close()
}

// unlike is a name that no other file of the folder has, in any mix of capital letters: some machines see none.
func unlike(name string, taken map[string]bool) string {
	ending := path.Ext(name)
	unique := name
	for n := 2; taken[strings.ToLower(unique)]; n++ {
		unique = strings.TrimSuffix(name, ending) + " (" + strconv.Itoa(n) + ")" + ending
	}
	taken[strings.ToLower(unique)] = true
	return unique
}
